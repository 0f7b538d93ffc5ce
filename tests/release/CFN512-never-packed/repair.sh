sed -i "s/ Handbook Timetable/ --release weather.json/" run
