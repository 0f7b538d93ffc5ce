touch ../cloud/attests
