"""What the local Cloud Map service does with each operation and member of its API. See `toolkit/support.py`."""

from localstack_engines.toolkit.support import Members, Support

_TAGS = "tags are records on AWS too"

_MOTO = {
    "GetOperation": "the record of an operation that has succeeded",
    "ListTagsForResource": _TAGS,
    "TagResource": _TAGS,
    "UntagResource": _TAGS,
}
"""Operations that moto answers, and why its record is all there is to them."""

_REFUSED = {
    "CreatePublicDnsNamespace": "no public DNS would serve it",
    "UpdatePublicDnsNamespace": "there are no public namespaces",
}
"""Operations whose error gives a reason."""

_NO_RETRY = "each request is carried out at once, so there is no retry to recognise"
_AT_ONCE, _UPDATED_AT_ONCE = {"CreatorRequestId": _NO_RETRY}, {"UpdaterRequestId": _NO_RETRY}
_MEMBERS = {
    "CreateHttpNamespaceRequest": Members("Name", recorded="Description Tags", ignored=_AT_ONCE),
    "CreatePrivateDnsNamespaceRequest": Members("Name Vpc Properties", recorded="Description Tags", ignored=_AT_ONCE),
    "CreateServiceRequest": Members(
        "Name NamespaceId DnsConfig HealthCheckCustomConfig Type", recorded="Description Tags", ignored=_AT_ONCE
    ),
    "DeleteNamespaceRequest": Members("Id"),
    "DeleteServiceAttributesRequest": Members("ServiceId Attributes"),
    "DeleteServiceRequest": Members("Id"),
    "DeregisterInstanceRequest": Members("ServiceId InstanceId"),
    "DiscoverInstancesRequest": Members(
        "NamespaceName ServiceName MaxResults QueryParameters OptionalParameters HealthStatus"
    ),
    "DiscoverInstancesRevisionRequest": Members("NamespaceName ServiceName"),
    "DnsConfig": Members("NamespaceId RoutingPolicy DnsRecords"),
    "DnsConfigChange": Members("DnsRecords"),
    "DnsRecord": Members("Type TTL"),
    "GetInstanceRequest": Members("ServiceId InstanceId"),
    "GetInstancesHealthStatusRequest": Members("ServiceId Instances MaxResults NextToken"),
    "GetNamespaceRequest": Members("Id"),
    "GetServiceRequest": Members("Id"),
    "GetServiceAttributesRequest": Members("ServiceId"),
    "HealthCheckCustomConfig": Members(ignored={"FailureThreshold": "AWS always uses 1, as the plugin does"}),
    "HttpNamespaceChange": Members(recorded="Description"),
    "ListInstancesRequest": Members("ServiceId NextToken MaxResults"),
    "ListNamespacesRequest": Members("NextToken MaxResults Filters"),
    "ListOperationsRequest": Members("NextToken MaxResults Filters"),
    "ListServicesRequest": Members("NextToken MaxResults Filters"),
    "NamespaceFilter": Members("Name Values Condition"),
    "OperationFilter": Members("Name Values Condition"),
    "PrivateDnsNamespaceChange": Members("Properties", recorded="Description"),
    "PrivateDnsNamespacePropertiesChange": Members("DnsProperties"),
    "PrivateDnsNamespaceProperties": Members("DnsProperties"),
    "PrivateDnsPropertiesMutable": Members("SOA"),
    "PrivateDnsPropertiesMutableChange": Members("SOA"),
    "RegisterInstanceRequest": Members("ServiceId InstanceId Attributes", ignored=_AT_ONCE),
    "SOA": Members("TTL"),
    "SOAChange": Members("TTL"),
    "ServiceChange": Members("DnsConfig", recorded="Description"),
    "ServiceFilter": Members("Name Values Condition"),
    "Tag": Members(recorded="Key Value"),
    "UpdateHttpNamespaceRequest": Members("Id Namespace", ignored=_UPDATED_AT_ONCE),
    "UpdateInstanceCustomHealthStatusRequest": Members("ServiceId InstanceId Status"),
    "UpdatePrivateDnsNamespaceRequest": Members("Id Namespace", ignored=_UPDATED_AT_ONCE),
    "UpdateServiceAttributesRequest": Members("ServiceId Attributes"),
    "UpdateServiceRequest": Members("Id Service"),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

SUPPORT = Support("InvalidInput", _MEMBERS, moto=_MOTO, refused=_REFUSED)
