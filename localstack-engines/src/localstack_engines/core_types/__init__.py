"""CloudFormation types of services of LocalStack's core, whose own types ignore a part of the template.

Each service is a package with one module per type. Its `resource_providers.py` lists the types, and
`bootstrap/entry_points.py` lists these modules.
"""
