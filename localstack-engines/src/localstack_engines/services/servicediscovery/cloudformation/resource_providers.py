"""Cloud Map's CloudFormation types."""

from localstack_engines.services.servicediscovery.cloudformation.http_namespace import HttpNamespace
from localstack_engines.services.servicediscovery.cloudformation.instance import Instance
from localstack_engines.services.servicediscovery.cloudformation.private_dns_namespace import PrivateDnsNamespace
from localstack_engines.services.servicediscovery.cloudformation.service import Service

RESOURCE_PROVIDERS = {provider.TYPE: provider for provider in (HttpNamespace, Instance, PrivateDnsNamespace, Service)}
