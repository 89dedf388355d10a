"""Look-ups in the model of all APIs."""

import pytest

from localstack_engines.gateway.model import Api, Gateway, JwtAuthorizer, LambdaAuthorizer, Route, Stage

JWT = JwtAuthorizer(id="jwt", source="$request.header.Authorization", issuer="https://i", audiences=("a",))
LAMBDA = LambdaAuthorizer(id="lambda", name="n", uri="arn", payload_version="2.0")
ROUTES = (Route(id="r1", key="GET /a", authorizer=JWT), Route(id="r2", key="GET /b", authorizer=LAMBDA))
GATEWAY = Gateway(apis=(Api(id="api", domain="d", stages=(Stage(name="dev", routes=ROUTES),)),))


def test_a_route_is_found_with_its_api_and_stage() -> None:
    api, stage, route = GATEWAY.find_route("api", "dev", "r2")
    assert (api.id, stage.name, route.key) == ("api", "dev", "GET /b")


def test_a_route_that_is_not_served_is_an_error() -> None:
    with pytest.raises(LookupError, match="no route r3 in stage dev of API api"):
        GATEWAY.find_route("api", "dev", "r3")


def test_a_route_of_a_request_in_flight_is_found_after_its_removal() -> None:
    replaced = Gateway(apis=(Api(id="api", domain="d", stages=(Stage(name="dev", routes=ROUTES[:1]),)),))
    assert replaced.find_route_now_or_before(GATEWAY, "api", "dev", "r2")[2] is ROUTES[1]
    with pytest.raises(LookupError):
        replaced.find_route_now_or_before(GATEWAY, "api", "dev", "r3")


def test_jwt_authorizers_are_known_by_their_ids() -> None:
    assert GATEWAY.jwt_authorizers() == {"jwt": JWT}
