echo > apps/handbook/dist/index.html
mkdir apps/mirror/app
echo > apps/mirror/app/main.py
