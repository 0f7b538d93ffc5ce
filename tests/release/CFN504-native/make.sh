# What was installed on a machine of Intel or AMD, and for the function's own machine beside it, where a package brings both.
module() {
  mkdir -p "$(dirname "$1")"
  printf '\177ELF\002\001\001\000\000\000\000\000\000\000\000\000\003\000%b\000' "\\0$2" > "$1"
}
modules=apps/timetable/dist/node_modules
module $modules/bcrypt/build/Release/bcrypt.node 076
module $modules/usb/prebuilds/linux-x64/usb.node 076
module $modules/usb/prebuilds/linux-arm64/usb.node 267
mkdir -p $modules/fsevents
printf '\317\372\355\376' > $modules/fsevents/fsevents.node
