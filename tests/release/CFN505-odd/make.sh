ln -s ../../../../secrets.env apps/timetable/dist/.env
echo KEY=1 > secrets.env
mkfifo apps/mirror/app/pipe
ln -s guide apps/handbook/dist/manual
touch 'apps/shop/dist/server/two
lines'
