"""Keeps the images as the lifecycle policies of their repositories say."""
