rm apps/shop/dist/client
mkdir apps/shop/dist/client
echo > apps/shop/dist/client/a
mv certs/old.pem certs/db.pem
