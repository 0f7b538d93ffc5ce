sed -i "s/package production/package production --release weather.json/" run
