"""Brings the system up and down on this machine: checks, the Docker engine, images, LocalStack, the deployment."""
