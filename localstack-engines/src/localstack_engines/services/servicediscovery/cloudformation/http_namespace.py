"""AWS::ServiceDiscovery::HttpNamespace.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicediscovery-httpnamespace.html
"""

from localstack_engines.services.servicediscovery.cloudformation.namespace import Namespace


class HttpNamespace(Namespace):
    TYPE = "AWS::ServiceDiscovery::HttpNamespace"
    CREATE = "CreateHttpNamespace"
    UPDATE = "UpdateHttpNamespace"
