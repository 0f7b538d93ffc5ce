mv apps/timetable/dist/server.mjs apps/timetable/dist/index.mjs
mv apps/mirror/src/app apps/mirror/app
