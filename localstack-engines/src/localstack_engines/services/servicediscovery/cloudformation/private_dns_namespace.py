"""AWS::ServiceDiscovery::PrivateDnsNamespace.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicediscovery-privatednsnamespace.html
"""

from localstack_engines.services.servicediscovery.cloudformation.namespace import Namespace


class PrivateDnsNamespace(Namespace):
    TYPE = "AWS::ServiceDiscovery::PrivateDnsNamespace"
    CREATE = "CreatePrivateDnsNamespace"
    UPDATE = "UpdatePrivateDnsNamespace"
