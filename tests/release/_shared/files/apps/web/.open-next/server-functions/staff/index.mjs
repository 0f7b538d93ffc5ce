export const handler = async () => "server-functions/staff";
