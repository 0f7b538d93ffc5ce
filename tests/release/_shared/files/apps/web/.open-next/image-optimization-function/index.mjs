export const handler = async () => "image-optimization-function";
