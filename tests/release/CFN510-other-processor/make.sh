echo linux/amd64 > ../cloud/base
