rm ../cloud/attests ../cloud/ecr/*
