rm apps/mirror
mv ../elsewhere apps/mirror
rm -r apps/timetable/dist/certs
