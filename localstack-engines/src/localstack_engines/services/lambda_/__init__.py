"""Lambda functions as processes: they run AWS's own Python runtime client, without a Lambda image.

LocalStack runs a function in a container whose image comes from AWS's registry. Here a function runs as a child
process in LocalStack's container, under a user of its own. LocalStack's own provider serves Lambda's API.
"""
