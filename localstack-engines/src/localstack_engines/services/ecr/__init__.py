"""Amazon ECR: moto keeps the repositories; a container registry keeps the images, for Docker's push and pull."""
