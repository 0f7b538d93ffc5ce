# The bootstrap of a region where functions stand has a repository of images as well.
cat > "$CLOUD/stacks/us-east-1/ferry-bootstrap.json" <<'END'
{"Stacks": [{"StackName": "ferry-bootstrap", "Outputs": [
  {"OutputKey": "ArtifactBucket", "OutputValue": "ferry-artifacts-second"},
  {"OutputKey": "ImageRepository", "OutputValue": "123456789012.dkr.ecr.us-east-1.amazonaws.com/ferry"}
]}]}
END
