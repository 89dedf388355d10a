"""What an event source mapping of Kafka asks for: checks of a request, and defaults.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
"""

import re
from typing import Any, NoReturn

from botocore.exceptions import ClientError
from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack.services.lambda_.event_source_mapping.pipe_utils import get_internal_client

BOOTSTRAP = "KAFKA_BOOTSTRAP_SERVERS"
MANAGED = "AmazonManagedKafkaEventSourceConfig"
SELF_MANAGED = "SelfManagedKafkaEventSourceConfig"

_ADDRESS = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?:[0-9]{1,5}"
)
"""Host and port of a broker, as the API defines them."""

_POSITIONS = ("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP")
_NETWORK = ("VPC_SUBNET", "VPC_SECURITY_GROUP")
"""Access configurations without a local meaning: the mapping reaches every network."""

# Batches of Kafka are tried until they succeed, so nothing of these has a place.
_REFUSED = (
    "BisectBatchOnFunctionError",
    "FunctionResponseTypes",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ParallelizationFactor",
    "Queues",
    "ScalingConfig",
    "TumblingWindowInSeconds",
)


def set_defaults(defaults: dict[str, Any], request: dict[str, Any]) -> None:
    """Adds the defaults of a mapping that is about to be created. Raises InvalidParameterValueException."""
    check(request)
    defaults["BatchSize"] = 100
    defaults["MaximumBatchingWindowInSeconds"] = 0
    # The group of a mapping without a name for it is its id.
    name = SELF_MANAGED if request.get("SelfManagedEventSource") else MANAGED
    defaults[name] = {"ConsumerGroupId": defaults["UUID"]}


def check(request: dict[str, Any]) -> None:
    """Raises InvalidParameterValueException for what cannot be done, in AWS's words or as not supported."""
    if not request.get("Topics"):
        _refuse("Required 'topics' parameter is missing.")
    _check_position(request)
    _check_support(request)
    if arn := request.get("EventSourceArn"):
        bootstrap_servers(arn)
    else:
        _check_addresses(request["SelfManagedEventSource"].get("Endpoints", {}).get(BOOTSTRAP))


def _check_addresses(addresses: list[str] | None) -> None:
    """Refuses what the client of Kafka cannot read as an address: the mapping would end without a word."""
    if not addresses:
        _refuse(f"Required endpoint {BOOTSTRAP} is missing.")
    for address in addresses or ():
        if not _ADDRESS.fullmatch(address) or int(address.rpartition(":")[2]) > 65535:
            _refuse(
                f"1 validation error detected: Value '{address}' at 'selfManagedEventSource.endpoints' failed to "
                "satisfy constraint: Member must satisfy regular expression pattern: host:port"
            )


def _check_position(request: dict[str, Any]) -> None:
    position = request.get("StartingPosition")
    if position is None:
        _refuse(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: "
            "Member must not be null."
        )
    if position not in _POSITIONS:
        _refuse(f"Unsupported starting position: {position}")
    if position == "AT_TIMESTAMP" and not request.get("StartingPositionTimestamp"):
        _refuse("StartingPositionTimestamp is required when StartingPosition is AT_TIMESTAMP.")


def _check_support(request: dict[str, Any]) -> None:
    if names := [name for name in _REFUSED if request.get(name)]:
        _refuse(f"Unsupported parameters for given event source mapping type: {', '.join(names)}")
    if (request.get("DestinationConfig") or {}).get("OnFailure", {}).get("Destination"):
        _unsupported("DestinationConfig.OnFailure")
    for access in request.get("SourceAccessConfigurations") or []:
        if access.get("Type") not in _NETWORK:
            _unsupported(f"SourceAccessConfigurations of type {access.get('Type')}")
    if any((request.get(name) or {}).get("SchemaRegistryConfig") for name in (MANAGED, SELF_MANAGED)):
        _unsupported("SchemaRegistryConfig")


def bootstrap_servers(arn: str) -> tuple[str, bool]:
    """Returns the brokers of an MSK cluster, and whether they speak TLS. Raises InvalidParameterValueException."""
    try:
        found = get_internal_client(arn).get_bootstrap_brokers(ClusterArn=arn)
    except ClientError as error:
        _refuse(f"{error.response['Error'].get('Message', error)} (cluster {arn})")
    if plain := found.get("BootstrapBrokerString"):
        return plain, False
    if "BootstrapBrokerStringTls" not in found:
        _unsupported("A cluster without unauthenticated access")
    return found["BootstrapBrokerStringTls"], True


def _unsupported(what: str) -> NoReturn:
    _refuse(f"{what} is not supported for Kafka by the local Lambda service.")


def _refuse(message: str) -> NoReturn:
    raise InvalidParameterValueException(message, Type="User")
