"""Runs functions as LocalStack's Lambda provider asks."""
