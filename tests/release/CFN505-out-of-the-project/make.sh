mv apps/mirror ../elsewhere
ln -s ../../elsewhere apps/mirror
mkdir apps/timetable/dist/certs
echo > apps/timetable/dist/certs/db.pem
