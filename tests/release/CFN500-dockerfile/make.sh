mv services/fares/Dockerfile.lambda services/fares/Dockerfile
