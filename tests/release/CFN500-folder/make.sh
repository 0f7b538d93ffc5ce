rm -r apps/timetable/dist
