rm apps/timetable/dist/model.bin
