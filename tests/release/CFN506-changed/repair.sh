rm ../cloud/meanwhile
