"""Events of WebSocket APIs, and the parameters of their integrations."""

import base64

from localstack_engines.gateway.websockets.calls import Call, Client, authorizer_event, context, event, new_id
from localstack_engines.gateway.websockets.model import Stage, WebSocketApi
from localstack_engines.gateway.websockets.parameters import is_valid, request_parameters, source_value

API = WebSocketApi(id="abc", domain="abc.execute-api.example:4566", selection="$request.body.action")
CLIENT = Client(source_ip="1.2.3.4", user_agent="agent", domain=API.domain, connected_at=1700000000.5)
HANDSHAKE = Call(
    api=API,
    stage=Stage(name="dev", variables={"colour": "green"}),
    route_key="$connect",
    kind="CONNECT",
    client=CLIENT,
    headers=(("sec-websocket-key", "k"), ("x-two", "a"), ("x-two", "b")),
    query=(("q", "1"), ("q", "2")),
)
MESSAGE = Call(
    api=API,
    stage=Stage(name="dev"),
    route_key="send",
    kind="MESSAGE",
    client=CLIENT,
    body='{"a": {"b": [1]}, "n": null}',
)


def test_identifiers_have_the_form_of_aws() -> None:
    made = {new_id() for _ in range(100)}
    assert len(made) == 100
    assert {len(base64.urlsafe_b64decode(identifier)) for identifier in made} == {11}


def test_a_handshake_has_headers_and_query_and_no_message() -> None:
    described = event(HANDSHAKE)
    assert described["headers"] == {"Sec-WebSocket-Key": "k", "X-Two": "b"}
    assert described["multiValueHeaders"] == {"Sec-WebSocket-Key": ["k"], "X-Two": ["a", "b"]}
    assert described["multiValueQueryStringParameters"] == {"q": ["1", "2"]}
    assert described["stageVariables"] == {"colour": "green"}
    assert "body" not in described
    assert "messageId" not in described["requestContext"]
    assert described["requestContext"]["connectedAt"] == 1700000000500


def test_a_message_has_a_body_and_no_headers() -> None:
    described = event(MESSAGE)
    assert described.keys() == {"body", "isBase64Encoded", "requestContext"}
    assert described["requestContext"]["messageId"] == MESSAGE.message_id


def test_the_authorizers_event_names_the_route() -> None:
    described = authorizer_event(HANDSHAKE)
    assert described["methodArn"] == "arn:aws:execute-api:us-east-1:000000000000:abc/dev/$connect"
    assert described["type"] == "REQUEST"
    assert context(HANDSHAKE)["eventType"] == "CONNECT"


def test_sources_of_parameters() -> None:
    assert source_value("route.request.header.X-Two", HANDSHAKE) == "a"
    assert source_value("route.request.querystring.q", HANDSHAKE) == "2"
    assert source_value("route.request.querystring.none", HANDSHAKE) is None
    assert source_value("route.request.body", MESSAGE) == MESSAGE.body
    assert source_value("route.request.body.a", MESSAGE) == '{"b": [1]}'
    assert source_value("route.request.body.n", MESSAGE) is None
    assert source_value("context.identity.sourceIp", MESSAGE) == "1.2.3.4"
    assert source_value("stageVariables.colour", HANDSHAKE) == "green"
    assert source_value("'static'", MESSAGE) == "static"


def test_request_parameters_go_to_three_places() -> None:
    mapping = {
        "integration.request.header.x": "context.stage",
        "integration.request.querystring.q": "'v'",
        "integration.request.path.p": "route.request.body.none",
    }
    mapped = request_parameters(mapping, MESSAGE)
    assert (mapped.headers, mapped.query, mapped.path) == ({"x": "dev"}, {"q": "v"}, {})
    assert all(is_valid(*item) for item in mapping.items())
    for target, source in (("overwrite:header.x", "'a'"), ("integration.request.header.x", "a"), ("x", "'a'")):
        assert not is_valid(target, source)
