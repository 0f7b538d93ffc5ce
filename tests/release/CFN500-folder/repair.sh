mkdir apps/timetable/dist
echo 'export const handler = 1;' > apps/timetable/dist/index.mjs
