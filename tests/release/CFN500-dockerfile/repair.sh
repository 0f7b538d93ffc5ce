mv services/fares/Dockerfile services/fares/Dockerfile.lambda
