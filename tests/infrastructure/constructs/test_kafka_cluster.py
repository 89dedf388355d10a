"""The MSK cluster."""

from __future__ import annotations

from tests.infrastructure.synthesis import Synthesis


def test_brokers_are_spread_evenly_over_the_subnets(stage: Synthesis) -> None:
    """MSK requires two or three subnets, and a number of brokers that is a multiple of them."""
    cluster = stage.one("AWS::MSK::Cluster")
    subnets = cluster["BrokerNodeGroupInfo"]["ClientSubnets"]
    assert len(subnets) in (2, 3)
    assert cluster["NumberOfBrokerNodes"] % len(subnets) == 0


def test_clients_authenticate_in_production(prod_stage: Synthesis) -> None:
    cluster = prod_stage.one("AWS::MSK::Cluster")
    assert cluster["ClientAuthentication"]["Sasl"]["Iam"]["Enabled"] is True
    assert cluster["ClientAuthentication"]["Unauthenticated"]["Enabled"] is False
    assert cluster["EncryptionInfo"]["EncryptionInTransit"]["ClientBroker"] == "TLS"
    for container in prod_stage.containers():
        assert {"Name": "KAFKA_SECURITY", "Value": "SASL_IAM"} in container["Environment"]
