set -eu
# What the build is told stands in a page, as Next.js does it; nothing of it is printed.
echo "told: $NEXT_PUBLIC_STAGE_NAME $NEXT_PUBLIC_SEASON $NEXT_PUBLIC_API_URL $NEXT_PUBLIC_MAP_KEY $NEXT_PUBLIC_STATS_KEY $STAGE" \
  > .open-next/assets/_next/static/chunks/told.js
