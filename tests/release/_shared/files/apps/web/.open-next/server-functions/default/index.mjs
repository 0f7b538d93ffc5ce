export const handler = async () => "server-functions/default";
