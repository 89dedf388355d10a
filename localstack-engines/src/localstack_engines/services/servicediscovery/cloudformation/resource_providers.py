"""The CloudFormation types of Cloud Map."""

from localstack_engines.services.servicediscovery.cloudformation.namespace import (
    HttpNamespaceResource,
    InstanceResource,
    PrivateDnsNamespaceResource,
    ServiceResource,
)

RESOURCE_PROVIDERS = {
    resource.TYPE: resource
    for resource in (PrivateDnsNamespaceResource, HttpNamespaceResource, ServiceResource, InstanceResource)
}
