"""Which stacks there are, how they hang together, and what they tell scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cdk_app.config import DEPLOYED, local, prod
from tests.infrastructure.synthesis import Synthesis

# What LocalStack's open core and our plugin do not deploy; CDK puts these in for conveniences that we must not use.
NOT_LOCALLY = ("AWS::CloudFormation::CustomResource", "Custom::", "AWS::Serverless", "AWS::CDK::Metadata")


def _dependencies(synthesis: Synthesis) -> dict[str, set[str]]:
    """For each stack the stacks that must be there first."""
    manifest = json.loads((synthesis.directory / "manifest.json").read_text())["artifacts"]
    prefix = f"{synthesis.config.prefix}-"
    return {
        name.removeprefix(prefix): {
            other.removeprefix(prefix) for other in artifact.get("dependencies", []) if not other.endswith(".assets")
        }
        for name, artifact in manifest.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }


def test_data_messaging_and_identity_deploy_side_by_side(local_stage: Synthesis) -> None:
    dependencies = _dependencies(local_stage)
    assert dependencies["network"] == set()
    assert dependencies["data"] == {"network"}
    assert dependencies["messaging"] == {"network"}
    assert dependencies["identity"] <= {"network"}
    assert dependencies["services"] == {"network", "data", "messaging", "identity"}


def test_the_authorizer_comes_after_the_discovery_routes(stage: Synthesis) -> None:
    assert "identity" in _dependencies(stage)["api"]
    assert "api/Authorizer" in stage.of_type("AWS::ApiGatewayV2::Authorizer")


def test_synthesis_asks_nobody_for_context(stage: Synthesis) -> None:
    manifest = json.loads((stage.directory / "manifest.json").read_text())
    assert "missing" not in manifest


def test_local_stage_has_only_what_localstack_deploys(local_stage: Synthesis) -> None:
    kinds = {resource["Type"] for _, resource in local_stage.resources()}
    assert [kind for kind in kinds if kind.startswith(NOT_LOCALLY)] == []
    assert not any("Transform" in template for template in local_stage.templates.values())


def test_outputs_have_names_that_scripts_rely_on(local_stage: Synthesis) -> None:
    assert local_stage.outputs("network") == {"VpcId"}
    assert local_stage.outputs("messaging") == {"KafkaClusterArn", "EmailSender"}
    assert local_stage.outputs("identity") == {
        "ApiId",
        "ApiEndpoint",
        "ApiUrl",
        "AdminSecretArn",
        "SigningKeyArn",
        "DiscoveryFunctionName",
    }
    assert local_stage.outputs("api") == {"AuthorizerId", "VpcLinkId"}
    titles = [service.title for service in DEPLOYED]
    assert local_stage.outputs("services") == {"ClusterName", "NamespaceName"} | {
        f"{title}{what}" for title in titles for what in ("ServiceName", "LogGroup")
    }
    assert local_stage.outputs("data") == {
        f"{title}Database{what}" for title in titles for what in ("Id", "Endpoint", "Port", "SecretArn")
    }


def test_every_log_group_is_kept_for_a_set_time(stage: Synthesis) -> None:
    groups = stage.of_type("AWS::Logs::LogGroup")
    days = {resource["Properties"].get("RetentionInDays") for resource in groups.values()}
    assert days == {7 if stage.config.name == "local" else 365}


def test_brokers_are_spread_evenly_over_the_subnets(stage: Synthesis) -> None:
    """MSK refuses a number of brokers that is not a multiple of its subnets, of which it wants two or three."""
    cluster = stage.one("AWS::MSK::Cluster")
    subnets = cluster["BrokerNodeGroupInfo"]["ClientSubnets"]
    assert len(subnets) in (2, 3)
    assert cluster["NumberOfBrokerNodes"] % len(subnets) == 0


def test_stages_differ_in_names_so_that_both_fit_one_account() -> None:
    assert local().stack_name("data") == "pms-data"
    assert prod(account=None, region="eu-central-1").stack_name("data") == "pms-prod-data"


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_production_uses_three_zones_of_its_region(region: str) -> None:
    assert prod(account=None, region=region).network.zones == (f"{region}a", f"{region}b", f"{region}c")


def test_only_the_entry_point_reads_environment_and_context() -> None:
    root = Path(__file__).resolve().parents[2]
    for source in (root / "cdk_app").rglob("*.py"):
        text = source.read_text()
        assert "os.environ" not in text, source
        assert "try_get_context" not in text, source
