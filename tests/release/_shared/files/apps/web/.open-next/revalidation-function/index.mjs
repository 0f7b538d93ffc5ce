export const handler = async () => "revalidation-function";
