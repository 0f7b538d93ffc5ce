echo "[]" > apps/web/.open-next/dynamodb-provider/dynamodb-cache.json
