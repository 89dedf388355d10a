"""Lambda functions as processes: AWS's own Python runtime client, without any Lambda image.

LocalStack's default needs one container image a runtime from AWS's registry; here a
function runs as a child process of LocalStack's container, under a user of its own.
"""
