rm ../cloud/base
