"""Connections of WebSocket APIs: handshakes, messages and their routes, limits, and @connections."""

import json
import ssl
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from websockets.sync.client import ClientConnection, connect

from lab import functions, localstack
from lab.events import EventQueue
from lab.waiting import until
from lab.websocket import SECONDS, WebSocketApi, ask, close_code, receive

ECHO = """
import json, os, boto3
queue = boto3.client("sqs")
def handler(event, context):
    context_of = event["requestContext"]
    if context_of["eventType"] != "MESSAGE":
        queue.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(event))
        wanted = (event.get("queryStringParameters") or {}).get("answer")
        if wanted == "raise":
            raise RuntimeError("no")
        if wanted == "odd":
            return "odd"
        if wanted == "header":
            return {"statusCode": 200, "headers": {"X-Answer": "a\\r\\nX-Other: b"}}
        headers = {"Sec-WebSocket-Protocol": "chat", "X-Answer": "yes"}
        return {"statusCode": int(wanted or 200), "headers": headers}
    message = json.loads(event["body"]) if event["body"].startswith("{") else {}
    if message.get("do") == "raise":
        raise RuntimeError("no")
    if message.get("do") == "post":
        url = f"https://{context_of['domainName']}/{context_of['stage']}"
        for options in ({"endpoint_url": url}, {}):
            client = boto3.client("apigatewaymanagementapi", **options)
            client.post_to_connection(ConnectionId=context_of["connectionId"], Data=b'"posted"')
    return {"statusCode": 200, "body": json.dumps(event)}
"""


@pytest.fixture(scope="module")
def events(aws: Callable[..., Any]) -> Iterator[EventQueue]:
    """The beginnings and ends of connections. The function runs in several processes at the same time."""
    queue = EventQueue(aws("sqs"), f"ws-{uuid.uuid4().hex[:8]}")
    yield queue
    queue.delete()


@pytest.fixture(scope="module")
def api(aws: Callable[..., Any], events: EventQueue) -> Iterator[WebSocketApi]:
    """An API whose routes have one function. `one-way` returns nothing to the client."""
    name = f"ws-{uuid.uuid4().hex[:8]}"
    api = WebSocketApi(aws("apigatewayv2"), StageVariables={"colour": "green"})
    environment = {"Variables": {"QUEUE": events.url}}
    integration = api.function(functions.create(aws("lambda"), name, ECHO, Timeout=25, Environment=environment))
    for key in ("$connect", "$disconnect", "one-way"):
        api.route(key, integration)
    for key in ("$default", "echo"):
        api.route(key, integration, replies=True)
    yield api
    api.delete()
    aws("lambda").delete_function(FunctionName=name)


@pytest.fixture
def socket(api: WebSocketApi) -> Iterator[ClientConnection]:
    with api.connect() as socket:
        yield socket


def identifier(socket: ClientConnection) -> str:
    return str(ask(socket, {"action": "echo"})["requestContext"]["connectionId"])


def ends_of(events: EventQueue, connection: str) -> list[dict[str, Any]]:
    """Returns the events of the beginning and the end of a connection, when both have come."""
    found: list[dict[str, Any]] = []
    while len(found) < 2:
        found += [event for event in events.read(1) if event["requestContext"]["connectionId"] == connection]
    return found


def test_the_events_of_a_connection_are_those_of_aws(api: WebSocketApi, events: EventQueue) -> None:
    with api.connect("?q=1&q=2", additional_headers={"X-Key": "k"}, subprotocols=["other", "chat"]) as other:
        assert other.subprotocol == "chat"
        assert other.response is not None
        assert other.response.headers["x-answer"] == "yes"
        event = ask(other, {"action": "echo", "n": 1})
        connection = event["requestContext"]["connectionId"]
    connected, gone = ends_of(events, connection)

    context = connected["requestContext"]
    assert (context["routeKey"], context["eventType"], context["messageDirection"]) == ("$connect", "CONNECT", "IN")
    assert (context["apiId"], context["stage"]) == (api.id, "dev")
    assert context["domainName"].startswith(f"{api.id}.execute-api.")
    assert context["identity"]["userAgent"].startswith("Python/")
    assert context["identity"]["sourceIp"]
    assert context["requestTimeEpoch"] >= context["connectedAt"] > 1_700_000_000_000
    assert connected["headers"]["X-Key"] == "k"
    assert connected["headers"]["Sec-WebSocket-Protocol"] == "other, chat"
    assert connected["multiValueQueryStringParameters"] == {"q": ["1", "2"]}
    assert connected["queryStringParameters"] == {"q": "2"}
    assert connected["stageVariables"] == {"colour": "green"}
    assert not [name for name in connected["headers"] if name.lower().startswith("x-engines-")]
    assert "body" not in connected

    context = event["requestContext"]
    assert (context["routeKey"], context["eventType"]) == ("echo", "MESSAGE")
    assert (json.loads(event["body"]), event["isBase64Encoded"]) == ({"action": "echo", "n": 1}, False)
    assert context["messageId"] != context["requestId"]
    assert context["connectedAt"] == connected["requestContext"]["connectedAt"]
    assert "headers" not in event

    context = gone["requestContext"]
    assert (context["routeKey"], context["eventType"]) == ("$disconnect", "DISCONNECT")
    assert context["disconnectStatusCode"] == 1000


def test_messages_select_their_route(api: WebSocketApi, socket: ClientConnection) -> None:
    def key(text: str) -> str:
        socket.send(text)
        return str(receive(socket)["requestContext"]["routeKey"])

    assert key('{"action": "echo"}') == "echo"
    for other in ('{"action": "none"}', '{"action": "$connect"}', '{"a": 1}', "no JSON", "[1]", '{"action": 7}'):
        assert key(other) == "$default"
    # A route without a route response returns nothing: the next answer is that of the next message.
    socket.send('{"action": "one-way"}')
    assert key('{"action": "echo"}') == "echo"


def test_a_failing_function_is_reported_to_the_client(socket: ClientConnection) -> None:
    connection = identifier(socket)
    failed = ask(socket, {"action": "echo", "do": "raise"})
    assert failed["message"] == "Internal server error"
    assert failed["connectionId"] == connection
    assert failed.keys() == {"message", "connectionId", "requestId"}


@pytest.mark.parametrize(
    ("answer", "status"), [("401", 401), ("500", 500), ("302", 302), ("raise", 502), ("odd", 502), ("header", 502)]
)
def test_the_connect_route_can_refuse(api: WebSocketApi, answer: str, status: int) -> None:
    assert api.refusal(query=f"?answer={answer}")[0] == status


def test_a_stage_that_does_not_exist_is_forbidden(api: WebSocketApi) -> None:
    assert api.refusal(stage="none") == (403, {"message": "Forbidden"})
    plain = httpx.get(f"{localstack.ENDPOINT}/_aws/execute-api/{api.id}/dev")
    assert (plain.status_code, plain.json()) == (403, {"message": "Forbidden"})


def test_the_address_with_the_api_in_the_host_works(api: WebSocketApi) -> None:
    port = int(localstack.ENDPOINT.rpartition(":")[2])
    address = api.client.get_api(ApiId=api.id)["ApiEndpoint"]
    assert address == f"ws://{api.id}.execute-api.localhost.localstack.cloud:{port}"
    with connect(f"{address}/dev", address=("127.0.0.1", port), open_timeout=SECONDS, proxy=None) as socket:
        context = ask(socket, {"action": "echo"})["requestContext"]
    assert context["domainName"] == address.removeprefix("ws://")


def test_a_connection_may_use_tls(api: WebSocketApi) -> None:
    """The certificate is the engines' own, and valid for the name."""
    host = api.client.get_api(ApiId=api.id)["ApiEndpoint"].removeprefix("ws://")
    certificate = localstack.in_container("cat", "/var/lib/localstack/engines/tls/server.crt")
    trusted = ssl.create_default_context(cadata=certificate)
    with connect(
        f"wss://{host}/dev",
        ssl=trusted,
        address=("127.0.0.1", int(host.rpartition(":")[2])),
        open_timeout=SECONDS,
        proxy=None,
    ) as socket:
        assert identifier(socket)


def test_large_and_binary_messages_close_the_connection(api: WebSocketApi) -> None:
    with api.connect() as socket:
        # 128 KB in frames of 32 KB are the largest message.
        whole = json.dumps({"action": "one-way", "x": "x" * (128 * 1024 - 30)})
        socket.send(whole[start : start + 32 * 1024] for start in range(0, len(whole), 32 * 1024))
        assert identifier(socket)
        assert close_code(socket, lambda: socket.send("x" * (32 * 1024 + 1))) == 1009
    with api.connect() as socket:
        assert close_code(socket, lambda: socket.send("x" * 32 * 1024 for _ in range(5))) == 1009
    with api.connect() as socket:
        assert close_code(socket, lambda: socket.send(b"binary")) == 1003


def test_a_function_sends_to_its_client(socket: ClientConnection) -> None:
    socket.send('{"action": "one-way", "do": "post"}')
    assert [receive(socket), receive(socket)] == ["posted", "posted"]


def test_a_backend_sends_to_a_client_and_closes_it(api: WebSocketApi, events: EventQueue) -> None:
    with api.connect() as other:
        connection = identifier(other)
        for client in (api.connections, localstack.client("apigatewaymanagementapi")):
            client.post_to_connection(ConnectionId=connection, Data="grüße".encode())
            assert other.recv(timeout=SECONDS) == "grüße"
        described = api.connections.get_connection(ConnectionId=connection)
        assert described["Identity"]["UserAgent"].startswith("Python/")
        assert described["LastActiveAt"] >= described["ConnectedAt"]
        largest = b"x" * 128 * 1024
        api.connections.post_to_connection(ConnectionId=connection, Data=largest)
        assert len(other.recv(timeout=SECONDS)) == len(largest)
        with pytest.raises(api.connections.exceptions.PayloadTooLargeException):
            api.connections.post_to_connection(ConnectionId=connection, Data=largest + b"x")
        assert close_code(other, lambda: api.connections.delete_connection(ConnectionId=connection)) == 1000
    for call in (api.connections.get_connection, api.connections.delete_connection):
        with pytest.raises(ClientError) as gone:
            call(ConnectionId=connection)
        assert gone.value.response["Error"]["Code"] == "GoneException"
        assert gone.value.response["ResponseMetadata"]["HTTPStatusCode"] == 410
    assert [event["requestContext"]["eventType"] for event in ends_of(events, connection)] == ["CONNECT", "DISCONNECT"]


def test_connections_of_another_stage_are_gone_and_unsigned_requests_refused(
    api: WebSocketApi, socket: ClientConnection
) -> None:
    connection, base = identifier(socket), f"{localstack.ENDPOINT}/_aws/execute-api/{api.id}"
    elsewhere = localstack.client("apigatewaymanagementapi", endpoint_url=f"{base}/none")
    with pytest.raises(elsewhere.exceptions.GoneException):
        elsewhere.post_to_connection(ConnectionId=connection, Data=b"x")
    unsigned = httpx.post(f"{base}/dev/@connections/{connection}", content=b"x")
    assert (unsigned.status_code, unsigned.json()) == (403, {"message": "Missing Authentication Token"})


def test_the_end_of_a_stage_closes_its_connections(aws: Callable[..., Any]) -> None:
    api = WebSocketApi(aws("apigatewayv2"))
    api.route("x", api.integration("MOCK"))
    with api.connect() as socket:
        assert ask(socket, {"action": "none"})["message"] == "Forbidden"
        assert close_code(socket, api.delete) == 1001


def test_idle_connections_need_no_threads(api: WebSocketApi) -> None:
    def threads() -> int:
        # Process 1 is `tini`, LocalStack its child. Commands that LocalStack is about to start have the same name.
        count = "ls /proc/$(pgrep --parent 1 --full 'bootstrap[.]main')/task | wc -l"
        return int(localstack.in_container("sh", "-c", count))

    mock = WebSocketApi(api.client)
    mock.route("ping", mock.integration("MOCK"))
    before, sockets = threads(), [mock.connect().__enter__() for _ in range(80)]
    try:
        # Other tests' requests have threads for a moment, too.
        until("few threads", lambda: threads() - before < 40)
        failed: list[Any] = []

        def check(socket: ClientConnection) -> None:
            if ask(socket, {"action": "none"})["message"] != "Forbidden":
                failed.append(socket)

        workers = [threading.Thread(target=check, args=(socket,)) for socket in sockets]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert not failed
    finally:
        for socket in sockets:
            socket.close()
        mock.delete()


def test_connections_outlive_a_reload_of_the_gateway(api: WebSocketApi, socket: ClientConnection) -> None:
    connection = identifier(socket)
    other = WebSocketApi(api.client)
    other.delete()
    assert identifier(socket) == connection
