rm -r apps/shop/dist/client
echo > apps/shop/dist/client
mv certs/db.pem certs/old.pem
