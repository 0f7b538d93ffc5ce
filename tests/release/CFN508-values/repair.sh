cp weather.json given.json
