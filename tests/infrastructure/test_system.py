"""What holds for the stacks together: their order and outputs, and rules that cover every template."""

from __future__ import annotations

import json
import re
from pathlib import Path

from cfnlint.api import ManualArgs, lint
from cfnlint.match import Match

from cdk_app.catalogue import SERVICES
from tests.infrastructure.synthesis import ROOT, Synthesis, actions_of

# Types that CDK adds for some of its features, and that neither LocalStack's open core nor the plugin deploys.
NOT_LOCALLY = ("AWS::CloudFormation::CustomResource", "Custom::", "AWS::Serverless", "AWS::CDK::Metadata")

# Actions that support no resource.
ON_EVERYTHING = {"ecr:GetAuthorizationToken", "sns:Publish"}


def _dependencies(synthesis: Synthesis) -> dict[str, set[str]]:
    """Returns for each stack the stacks that deploy before it."""
    manifest = json.loads((synthesis.directory / "manifest.json").read_text())["artifacts"]
    prefix = f"{synthesis.config.prefix}-"
    return {
        name.removeprefix(prefix): {
            other.removeprefix(prefix) for other in artifact.get("dependencies", []) if not other.endswith(".assets")
        }
        for name, artifact in manifest.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }


def test_data_messaging_and_identity_deploy_in_parallel(local_stage: Synthesis) -> None:
    dependencies = _dependencies(local_stage)
    assert dependencies["network"] == set()
    assert dependencies["data"] == {"network"}
    assert dependencies["messaging"] == {"network"}
    assert dependencies["identity"] <= {"network"}
    assert dependencies["services"] == {"network", "data", "messaging", "identity"}


def test_the_authorizer_comes_after_the_discovery_routes(stage: Synthesis) -> None:
    assert "identity" in _dependencies(stage)["api"]
    assert "api/Authorizer" in stage.of_type("AWS::ApiGatewayV2::Authorizer")


def test_outputs_have_the_keys_that_scripts_read(local_stage: Synthesis) -> None:
    assert local_stage.outputs("network") == {"VpcId"}
    assert local_stage.outputs("messaging") == {"KafkaClusterArn", "EmailSender"}
    assert local_stage.outputs("identity") == {
        "ApiId",
        "ApiEndpoint",
        "ApiUrl",
        "AdminSecretArn",
        "SigningKeyAlias",
        "DiscoveryFunctionName",
    }
    assert local_stage.outputs("api") == {"AuthorizerId", "VpcLinkId"}
    titles = [service.title for service in SERVICES.values()]
    assert local_stage.outputs("services") == {"ClusterName", "NamespaceName"} | {
        f"{title}{suffix}" for title in titles for suffix in ("ServiceName", "LogGroup")
    }
    assert local_stage.outputs("data") == {
        f"{title}Database{suffix}" for title in titles for suffix in ("Id", "Endpoint", "Port", "SecretArn")
    } | {"AuditKeyArn"}


def test_synthesis_needs_no_context_from_aws(stage: Synthesis) -> None:
    manifest = json.loads((stage.directory / "manifest.json").read_text())
    assert "missing" not in manifest


def test_only_the_entry_point_reads_environment_and_context() -> None:
    for source in (ROOT / "cdk_app").rglob("*.py"):
        text = source.read_text()
        assert "os.environ" not in text, source
        assert "try_get_context" not in text, source


def test_the_local_stage_has_only_types_that_localstack_deploys(local_stage: Synthesis) -> None:
    types = {resource["Type"] for _, resource in local_stage.resources()}
    assert [name for name in types if name.startswith(NOT_LOCALLY)] == []
    assert not any("Transform" in template for template in local_stage.templates.values())


def _lint(directory: Path) -> list[Match]:
    return [
        match
        for template in sorted(directory.glob("*.template.json"))
        for match in lint(template.read_text(), config=ManualArgs(regions=["us-east-1"]))
    ]


def test_cfn_lint_finds_no_error(stage: Synthesis) -> None:
    assert [str(match) for match in _lint(stage.directory) if match.rule.severity == "error"] == []


def test_every_log_group_has_the_stages_retention(stage: Synthesis) -> None:
    groups = [resource["Properties"] for resource in stage.of_type("AWS::Logs::LogGroup").values()]
    anchors = f"/{stage.config.prefix}/audit/"
    days = {group.get("RetentionInDays") for group in groups if not group["LogGroupName"].startswith(anchors)}
    assert days == {7 if stage.config.name == "local" else 365}


def test_no_policy_names_all_resources_for_an_action_that_supports_one(stage: Synthesis) -> None:
    for name, statement in stage.policy_statements():
        if statement.get("Resource") == "*":
            assert actions_of(statement) <= ON_EVERYTHING, name


def test_no_policy_has_a_wildcard_action(stage: Synthesis) -> None:
    for name, statement in stage.policy_statements():
        assert not any("*" in action for action in actions_of(statement)), name


def test_production_encrypts_with_its_own_key(prod_stage: Synthesis) -> None:
    for group in prod_stage.of_type("AWS::Logs::LogGroup").values():
        assert "KmsKeyId" in group["Properties"]
    for secret in prod_stage.of_type("AWS::SecretsManager::Secret").values():
        assert "KmsKeyId" in secret["Properties"]
    assert "DataVolumeKMSKeyId" in prod_stage.one("AWS::MSK::Cluster")["EncryptionInfo"]["EncryptionAtRest"]


def test_no_template_contains_a_secret(stage: Synthesis) -> None:
    """Every value that is called a password, secret or token is a reference."""
    for name, value in _leaves(stage.templates):
        if re.search(r"(password|secret|token|credential)$", name, re.IGNORECASE) and isinstance(value, str):
            assert value.startswith("{{resolve:"), f"{name} = {value}"


def _leaves(value: object, name: str = "") -> list[tuple[str, object]]:
    if isinstance(value, dict):
        return [leaf for key, below in value.items() for leaf in _leaves(below, key)]
    if isinstance(value, list):
        return [leaf for below in value for leaf in _leaves(below, name)]
    return [(name, value)]
