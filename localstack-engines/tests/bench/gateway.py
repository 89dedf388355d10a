"""Compares requests a second through the HTTP API (HAProxy, RS256 token verified) and LocalStack's own REST API.

    PYTHONPATH=src:tests python -m bench.gateway [--seconds 5] [--connections 32]

Both lead to the same upstream, a container that only answers, in the running LocalStack (AWS_ENDPOINT_URL). Prints both
figures and their ratio.
"""

import argparse
import json
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lab import localstack
from lab.gateway import HttpApi, Issuer, host_address
from lab.waiting import until

GOAL = 20
UPSTREAM = "engines-bench-upstream"
CONFIG = """
defaults
    mode http
    timeout client 1m
    timeout http-request 1m
frontend upstream
    bind :8080
    http-request return status 200 content-type text/plain string ok
"""


def main() -> int:
    arguments = _arguments()
    endpoint, owner = localstack.ENDPOINT, localstack.container()
    with (
        _upstream(owner) as upstream,
        _http_api(localstack.client("apigatewayv2"), endpoint, owner, upstream) as (fast, token),
        _rest_api(localstack.client("apigateway"), endpoint, upstream) as slow,
    ):
        load = {"connections": arguments.connections, "seconds": arguments.seconds}
        measured = [
            ("HTTP API, JWT verified (HAProxy)", measure(fast, {"authorization": f"Bearer {token}"}, **load)),
            ("REST API, no authorizer (LocalStack)", measure(slow, {}, **load)),
        ]
    for name, rate in measured:
        print(f"{name:40} {rate:10,.0f} requests/s")
    ratio = measured[0][1] / measured[1][1]
    print(f"{'ratio':40} {ratio:10.1f} (goal: {GOAL})")
    return 0 if ratio >= GOAL else 1


def measure(url: str, headers: dict[str, str], *, connections: int, seconds: float) -> float:
    """Returns the answers with status 200 a second, with one request at a time on each of the open connections.

    Raises RuntimeError on any other answer.
    """
    parts = urlsplit(url)
    lines = [f"GET {parts.path} HTTP/1.1", f"Host: {parts.netloc}", *(f"{k}: {v}" for k, v in headers.items())]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    address = (parts.hostname or "localhost", parts.port or 80)
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        _open(selector, address, request)
    warm = _count(selector, request, address, min(1.0, seconds / 4))
    started = time.perf_counter()
    answered = _count(selector, request, address, seconds)
    elapsed = time.perf_counter() - started
    for key in list(selector.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]
    if not warm or not answered:
        raise RuntimeError(f"{url} does not answer")
    return answered / elapsed


def _open(selector: selectors.BaseSelector, address: tuple[str, int], request: bytes) -> None:
    connection = socket.create_connection(address, timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(request)
    selector.register(connection, selectors.EVENT_READ, bytearray())


def _count(selector: selectors.BaseSelector, request: bytes, address: tuple[str, int], seconds: float) -> int:
    answered = length = 0
    deadline = time.perf_counter() + seconds
    while (left := deadline - time.perf_counter()) > 0:
        for key, _ in selector.select(left):
            connection: Any = key.fileobj
            data = connection.recv(65536)
            if not data:
                # The server may close a connection between two requests.
                selector.unregister(connection)
                connection.close()
                _open(selector, address, request)
                continue
            if key.data or len(data) != length:
                key.data.extend(data)
                data = bytes(key.data)
                if not _complete(data):
                    continue
                # All answers are alike, so the next one of this length is complete too.
                length = len(data)
                key.data.clear()
            if not data.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(data[:500].decode(errors="replace"))
            answered += 1
            connection.sendall(request)
    return answered


def _complete(data: bytes) -> bool:
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        return False
    position = head.lower().find(b"content-length:")
    if position < 0:
        return body.endswith(b"0\r\n\r\n")
    return len(body) >= int(head[position + 15 :].split(b"\r\n", 1)[0])


@contextmanager
def _upstream(owner: str) -> Iterator[str]:
    """Yields the URL of a container that answers at once. It runs LocalStack's image, which has HAProxy."""
    image = subprocess.check_output(["docker", "inspect", "-f", "{{.Image}}", owner], text=True).strip()
    network = subprocess.check_output(["docker", "inspect", "-f", "{{.HostConfig.NetworkMode}}", owner], text=True)
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory, "haproxy.cfg")
        config.write_text(CONFIG)
        Path(directory).chmod(0o755)
        subprocess.run(["docker", "rm", "-f", UPSTREAM], capture_output=True, check=False)
        where = ["--name", UPSTREAM, "--network", network.strip(), "--entrypoint", "haproxy"]
        create = ["docker", "create", *where, image, "-db", "-f", "/haproxy.cfg"]
        subprocess.run(create, check=True, capture_output=True)
        # Copied and not mounted: the Docker engine may have another file system than this process.
        subprocess.run(["docker", "cp", str(config), f"{UPSTREAM}:/haproxy.cfg"], check=True, capture_output=True)
    try:
        subprocess.run(["docker", "start", UPSTREAM], check=True, capture_output=True)
        inspected = json.loads(subprocess.check_output(["docker", "inspect", UPSTREAM]))
        networks = inspected[0]["NetworkSettings"]["Networks"].values()
        address = next(entry["IPAddress"] for entry in networks if entry["IPAddress"])
        until("the upstream", lambda: _accepts_connections(address), 10, despite=(OSError,))
        yield f"http://{address}:8080"
    finally:
        subprocess.run(["docker", "rm", "-f", UPSTREAM], capture_output=True, check=False)


def _accepts_connections(address: str) -> bool:
    socket.create_connection((address, 8080), timeout=1).close()
    return True


@contextmanager
def _http_api(client: Any, endpoint: str, owner: str, upstream: str) -> Iterator[tuple[str, str]]:
    issuer = Issuer(host_address(owner))
    api = HttpApi(client, endpoint)
    try:
        api.stage()
        authorizer = api.jwt_authorizer(issuer.url)
        protected = {"AuthorizationType": "JWT", "AuthorizerId": authorizer, "AuthorizationScopes": ["bench"]}
        api.route("GET /bench", api.proxy(upstream), **protected)
        yield f"{api.url}/bench", issuer.token(scope="bench")
    finally:
        api.delete()
        issuer.close()


@contextmanager
def _rest_api(client: Any, endpoint: str, upstream: str) -> Iterator[str]:
    api = client.create_rest_api(name="bench")["id"]
    try:
        root = client.get_resources(restApiId=api)["items"][0]["id"]
        resource = client.create_resource(restApiId=api, parentId=root, pathPart="bench")["id"]
        method = {"restApiId": api, "resourceId": resource, "httpMethod": "GET"}
        client.put_method(**method, authorizationType="NONE")
        client.put_integration(**method, type="HTTP_PROXY", integrationHttpMethod="GET", uri=upstream)
        client.create_deployment(restApiId=api, stageName="bench")
        yield f"{endpoint}/_aws/execute-api/{api}/bench/bench"
    finally:
        client.delete_rest_api(restApiId=api)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--connections", type=int, default=32)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
