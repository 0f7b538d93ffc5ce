rm apps/timetable/dist/.env apps/mirror/app/pipe apps/handbook/dist/manual
rm 'apps/shop/dist/server/two
lines'
