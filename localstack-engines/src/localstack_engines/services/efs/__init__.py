"""Elastic File System: a file system is a Docker volume that ECS tasks mount."""
