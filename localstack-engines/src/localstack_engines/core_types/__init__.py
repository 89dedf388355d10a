"""CloudFormation types of services of LocalStack's core, whose own types ignore a part of the template.

A service with one type is a module. A service with several types is a package with one module a type. Each has its
types in `RESOURCE_PROVIDERS`; `bootstrap/entry_points.py` lists the modules.
"""
