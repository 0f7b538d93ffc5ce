export const handler = async () => "warmer-function";
