modules=apps/timetable/dist/node_modules
cp $modules/usb/prebuilds/linux-arm64/usb.node $modules/bcrypt/build/Release/bcrypt.node
rm -r $modules/fsevents
