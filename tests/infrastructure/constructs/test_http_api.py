"""The HTTP API and its stage."""

from __future__ import annotations

from tests.infrastructure.synthesis import Synthesis


def test_the_stage_deploys_itself_throttles_and_logs(stage: Synthesis) -> None:
    properties = stage.one("AWS::ApiGatewayV2::Stage")
    assert properties["StageName"] == "$default"
    assert properties["AutoDeploy"] is True
    assert properties["DefaultRouteSettings"]["ThrottlingRateLimit"] == stage.config.api.rate_limit
    assert "requestId" in properties["AccessLogSettings"]["Format"]
    assert "$context.path" not in properties["AccessLogSettings"]["Format"]


def test_the_local_api_has_a_known_id(local_stage: Synthesis) -> None:
    assert local_stage.one("AWS::ApiGatewayV2::Api")["Tags"]["_custom_id_"] == "pms"
