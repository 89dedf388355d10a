"""HTTP integrations: load balancing, changes without failed requests, time-outs, limits."""

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from lab.gateway import CloudMap, HttpApi, Upstream, traffic

UNAVAILABLE = {"message": "Service Unavailable"}
LIMIT = 10 * 1024 * 1024


@pytest.fixture
def upstreams(address: str) -> Iterator[list[Upstream]]:
    upstreams = [Upstream(address, f"u{number}") for number in range(3)]
    yield upstreams
    for upstream in upstreams:
        upstream.close()


@pytest.fixture
def cloud_map(aws: Callable[..., Any], unique: str) -> CloudMap:
    return CloudMap(aws("servicediscovery"), unique)


@pytest.fixture
def api(aws: Callable[..., Any], endpoint: str, cloud_map: CloudMap) -> Iterator[HttpApi]:
    """ANY /{proxy+} goes to the Cloud Map service through a VPC link."""
    client = aws("apigatewayv2")
    link = client.create_vpc_link(Name="test", SubnetIds=["subnet-1"], SecurityGroupIds=["sg-1"])
    assert link["VpcLinkStatus"] in ("PENDING", "AVAILABLE")
    api = HttpApi(client, endpoint)
    api.stage()
    private = {"ConnectionType": "VPC_LINK", "ConnectionId": link["VpcLinkId"], "TimeoutInMillis": 2000}
    api.route("ANY /{proxy+}", api.proxy(cloud_map.arn, **private))
    yield api
    api.delete()
    client.delete_vpc_link(VpcLinkId=link["VpcLinkId"])


def test_requests_are_balanced_over_the_healthy_instances(
    api: HttpApi, cloud_map: CloudMap, upstreams: list[Upstream]
) -> None:
    for upstream in upstreams:
        cloud_map.register(upstream)
    assert {api.get("/x").json()["upstream"] for _ in range(12)} == {"u0", "u1", "u2"}
    cloud_map.health("u1", "UNHEALTHY")
    assert {api.get("/x").json()["upstream"] for _ in range(12)} == {"u0", "u2"}
    cloud_map.health("u1", "HEALTHY")
    assert {api.get("/x").json()["upstream"] for _ in range(12)} == {"u0", "u1", "u2"}


def test_without_an_instance_the_service_is_unavailable(
    api: HttpApi, cloud_map: CloudMap, upstreams: list[Upstream]
) -> None:
    assert (api.get("/x").status_code, api.get("/x").json()) == (503, UNAVAILABLE)
    cloud_map.register(upstreams[0])
    assert api.get("/x").status_code == 200
    cloud_map.health("u0", "UNHEALTHY")
    assert (api.get("/x").status_code, api.get("/x").json()) == (503, UNAVAILABLE)
    cloud_map.deregister("u0")
    assert api.get("/x").status_code == 503


def test_no_request_fails_while_instances_come_and_go(
    api: HttpApi, cloud_map: CloudMap, upstreams: list[Upstream]
) -> None:
    cloud_map.register(upstreams[0])
    with traffic(lambda: api.get("/x?sleep=0.01")) as results:
        for _ in range(8):
            cloud_map.register(upstreams[1])
            cloud_map.register(upstreams[2])
            cloud_map.deregister("u0")
            cloud_map.register(upstreams[0])
            cloud_map.deregister("u1")
            cloud_map.deregister("u2")
            results.more(8)
    assert set(results) == {200}


def test_an_instance_that_was_deregistered_may_stop_at_once(
    api: HttpApi, cloud_map: CloudMap, upstreams: list[Upstream]
) -> None:
    cloud_map.register(upstreams[0])
    cloud_map.register(upstreams[1])
    with traffic(lambda: api.get("/x")) as results:
        results.more(40)
        cloud_map.deregister("u0")
        upstreams[0].close()
        results.more(80)
    assert set(results) == {200}


def test_no_request_fails_while_the_api_changes(api: HttpApi, cloud_map: CloudMap, upstreams: list[Upstream]) -> None:
    """HAProxy is reloaded for every new route. Clients use kept connections and new ones."""
    cloud_map.register(upstreams[0])
    integration = api.client.get_integrations(ApiId=api.id)["Items"][0]["IntegrationId"]
    with traffic(lambda: api.get("/x")) as kept, traffic(lambda: httpx.get(f"{api.url}/y"), clients=2) as fresh:
        for number in range(15):
            api.route(f"GET /more/{number}", integration)
            kept.more(4)
            fresh.more(2)
    assert set(kept) == {200}
    assert set(fresh) == {200}


def test_a_kept_connection_reaches_new_instances_after_a_reload(
    api: HttpApi, cloud_map: CloudMap, upstreams: list[Upstream]
) -> None:
    """After a reload the former worker still holds its clients' connections."""
    cloud_map.register(upstreams[0])
    integration = api.client.get_integrations(ApiId=api.id)["Items"][0]["IntegrationId"]
    with httpx.Client(base_url=api.url) as kept:
        assert kept.get("/x").json()["upstream"] == "u0"
        api.route("GET /another", integration)
        cloud_map.register(upstreams[1])
        cloud_map.deregister("u0")
        upstreams[0].close()
        assert kept.get("/x").json()["upstream"] == "u1"


def test_a_request_to_a_stopped_instance_is_sent_to_another(
    api: HttpApi, cloud_map: CloudMap, upstreams: list[Upstream]
) -> None:
    cloud_map.register(upstreams[0])
    cloud_map.register(upstreams[1])
    upstreams[0].close()
    assert [api.http.post("/x", content=b"once").status_code for _ in range(6)] == [200] * 6
    assert len([r for r in upstreams[1].requests if r["method"] == "POST"]) == 6


def test_a_request_that_reached_a_server_is_never_sent_again(api: HttpApi, cloud_map: CloudMap, address: str) -> None:
    """A server that reads a POST and closes the connection may have acted on it."""
    received: list[bytes] = []
    listener = socket.create_server((address, 0))
    listener.settimeout(0.2)

    class Breaking:
        name, address, port = "breaking", "", 0

    Breaking.address, Breaking.port = listener.getsockname()[:2]
    cloud_map.register(Breaking)  # type: ignore[arg-type]
    import threading

    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            received.append(connection.recv(65536))
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        answer = api.http.post("/x", content=b"pay 100")
    finally:
        over.set()
        thread.join()
        listener.close()
    assert (answer.status_code, answer.json()) == (503, UNAVAILABLE)
    assert len([data for data in received if data]) == 1


def test_a_slow_integration_times_out(api: HttpApi, cloud_map: CloudMap, upstreams: list[Upstream]) -> None:
    cloud_map.register(upstreams[0])
    started = time.monotonic()
    answer = api.get("/x?sleep=20")
    assert (answer.status_code, answer.json()) == (504, {"message": "Endpoint request timed out"})
    assert 1.9 < time.monotonic() - started < 15


@pytest.mark.attack(20)
def test_attack_20_a_body_over_10_mb_is_too_large(api: HttpApi, cloud_map: CloudMap, upstreams: list[Upstream]) -> None:
    cloud_map.register(upstreams[0])
    too_large = {"message": "Request Entity Too Large"}
    assert api.http.post("/x", content=b"x" * LIMIT).json()["length"] == LIMIT
    answer = httpx.post(f"{api.url}/x", content=b"x" * (LIMIT + 1))
    assert (answer.status_code, answer.json()) == (413, too_large)
    chunks = (b"x" * 65536 for _ in range(LIMIT // 65536 + 1))
    answer = httpx.post(f"{api.url}/x", content=chunks)
    assert (answer.status_code, answer.json()) == (413, too_large)
    assert len(upstreams[0].requests) == 1


def test_chunked_bodies_arrive_whole(api: HttpApi, cloud_map: CloudMap, upstreams: list[Upstream]) -> None:
    cloud_map.register(upstreams[0])
    chunks = [b"%04d" % number * 512 for number in range(200)]
    seen = api.http.post("/x?a=1", content=iter(chunks)).json()
    assert (seen["length"], seen["path"]) == (sum(map(len, chunks)), "/x?a=1")


@pytest.mark.attack(20)
def test_attack_20_slow_headers_time_out(endpoint: str) -> None:
    url = httpx.URL(endpoint)
    with socket.create_connection((url.host, url.port or 80), timeout=30) as connection:
        connection.sendall(b"GET /_aws/execute-api/x/ HTTP/1.1\r\nHost: x\r\n")
        started = time.monotonic()
        answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert 5 < time.monotonic() - started < 20


def test_a_private_integration_sees_the_apis_host_and_the_stage(
    api: HttpApi, cloud_map: CloudMap, upstreams: list[Upstream]
) -> None:
    cloud_map.register(upstreams[0])
    api.stage("dev")
    seen = api.get("/dev/x?a=1").json()
    assert seen["path"] == "/dev/x?a=1"
    assert dict(map(tuple, seen["headers"]))["host"].startswith(f"{api.id}.execute-api.")
