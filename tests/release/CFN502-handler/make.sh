mv apps/timetable/dist/index.mjs apps/timetable/dist/server.mjs
mkdir apps/mirror/src
mv apps/mirror/app apps/mirror/src/app
