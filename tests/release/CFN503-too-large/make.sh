# A file with nothing in it takes no room on disk.
dd if=/dev/zero of=apps/timetable/dist/model.bin bs=1 count=0 seek=262144001 2> /dev/null
