"""Upstreams, issuers, Cloud Map services and APIs for the tests of HTTP APIs."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from lab.waiting import until


def host_address(container: str) -> str:
    """Returns the address at which LocalStack's container reaches this process."""
    networks = subprocess.run(
        ["docker", "inspect", "-f", "{{json .NetworkSettings.Networks}}", container],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    gateways = [network["Gateway"] for network in json.loads(networks).values() if network["Gateway"]]
    return next(iter(gateways))


class Upstream:
    """An HTTP server that answers with a description of the request.

    `?sleep=` (seconds) and `?status=` in the query change the answer.
    """

    def __init__(self, address: str, name: str = "upstream") -> None:
        self.name = name
        self.requests: list[dict[str, Any]] = []
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self._body()
                seen = {
                    "upstream": upstream.name,
                    "method": self.command,
                    "path": self.path,
                    "headers": [[key.lower(), value] for key, value in self.headers.items()],
                    "length": len(body),
                    "body": body[:1000].decode("latin-1"),
                }
                upstream.requests.append(seen)
                query = dict(httpx.URL(self.path).params)
                time.sleep(float(query.get("sleep", 0)))
                content = json.dumps(seen).encode()
                self.send_response(int(query.get("status", 200)))
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.send_header("access-control-allow-origin", "https://upstream.example")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

            def _body(self) -> bytes:
                if self.headers.get("transfer-encoding") == "chunked":
                    return self._chunks()
                return self.rfile.read(int(self.headers.get("content-length") or 0))

            def _chunks(self) -> bytes:
                parts = []
                while size := int(self.rfile.readline().strip() or b"0", 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(parts)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = _Server((address, 0), Handler)
        self.address, self.port = self._server.server_address[:2]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores connections that the balancer closed because the instance was removed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@dataclass
class Issuer:
    """An OIDC issuer whose keys a test can change. `fetched` counts requests by path."""

    address: str
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)
    fetched: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.fetched[self.path] = issuer.fetched.get(self.path, 0) + 1
                documents = {
                    "/.well-known/openid-configuration": {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/jwks"},
                    "/jwks": {"keys": [issuer.jwk(kid) for kid in issuer.keys]},
                }
                document = documents.get(self.path)
                content = json.dumps(document).encode()
                self.send_response(200 if document else 404)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: Any) -> None:
                pass

        self.keys = {"k1": new_key()}
        self._server = _Server((self.address, 0), Handler)
        self.url = f"http://{self.address}:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def jwk(self, kid: str) -> dict[str, Any]:
        public = json.loads(RSAAlgorithm.to_jwk(self.keys[kid].public_key()))
        return {**public, "kid": kid, "use": "sig", "alg": "RS256"}

    def token(
        self, *, key: Any = None, alg: str = "RS256", headers: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """Returns a token for audience "app". A claim or header that is None is left out."""
        now = int(time.time())
        payload = {"iss": self.url, "aud": "app", "sub": "alice", "iat": now, "exp": now + 300, **claims}
        header = {"kid": "k1", "typ": "at+jwt", **(headers or {})}
        return jwt.encode(
            {name: value for name, value in payload.items() if value is not None},
            key or self.keys["k1"],
            algorithm=alg,
            headers={name: value for name, value in header.items() if value is not None},
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class HttpApi:
    """An HTTP API, with short ways to configure and call it."""

    def __init__(self, client: Any, endpoint: str, **options: Any) -> None:
        self.client = client
        self.id = client.create_api(Name="test", ProtocolType="HTTP", **options)["ApiId"]
        self.url = f"{endpoint}/_aws/execute-api/{self.id}"
        self.http = httpx.Client(base_url=self.url, timeout=40)

    def stage(self, name: str = "$default", **options: Any) -> None:
        self.client.create_stage(ApiId=self.id, StageName=name, **{"AutoDeploy": True, **options})

    def proxy(self, url: str, **options: Any) -> str:
        """Creates an integration with a URL and returns its id."""
        arguments = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", **options}
        return str(self.client.create_integration(ApiId=self.id, IntegrationUri=url, **arguments)["IntegrationId"])

    def route(self, key: str, integration: str, **options: Any) -> str:
        target = f"integrations/{integration}"
        return str(self.client.create_route(ApiId=self.id, RouteKey=key, Target=target, **options)["RouteId"])

    def jwt_authorizer(self, issuer: str, audience: tuple[str, ...] = ("app",)) -> str:
        authorizer = self.client.create_authorizer(
            ApiId=self.id,
            Name="jwt",
            AuthorizerType="JWT",
            IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Issuer": issuer, "Audience": list(audience)},
        )
        return str(authorizer["AuthorizerId"])

    def get(self, path: str, token: str | None = None, **options: Any) -> httpx.Response:
        headers = {**({"authorization": f"Bearer {token}"} if token else {}), **options.pop("headers", {})}
        return self.http.get(path, headers=headers, **options)

    def delete(self) -> None:
        self.http.close()
        self.client.delete_api(ApiId=self.id)


class CloudMap:
    """A Cloud Map service in a namespace of its own."""

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        operation = client.create_http_namespace(Name=name)["OperationId"]
        until("the namespace", lambda: client.get_operation(OperationId=operation)["Operation"]["Status"] == "SUCCESS")
        self.namespace = client.get_operation(OperationId=operation)["Operation"]["Targets"]["NAMESPACE"]
        service = client.create_service(
            Name="web", NamespaceId=self.namespace, HealthCheckCustomConfig={"FailureThreshold": 1}
        )
        self.service, self.arn = service["Service"]["Id"], service["Service"]["Arn"]

    def register(self, upstream: Upstream, instance: str | None = None) -> None:
        self.client.register_instance(
            ServiceId=self.service,
            InstanceId=instance or upstream.name,
            Attributes={"AWS_INSTANCE_IPV4": str(upstream.address), "AWS_INSTANCE_PORT": str(upstream.port)},
        )

    def deregister(self, instance: str) -> None:
        self.client.deregister_instance(ServiceId=self.service, InstanceId=instance)

    def health(self, instance: str, status: str) -> None:
        self.client.update_instance_custom_health_status(ServiceId=self.service, InstanceId=instance, Status=status)


class Results(list[Any]):
    """The status codes of the traffic so far, and its errors."""

    def more(self, count: int) -> None:
        """Waits for `count` further answers, so that a change is in use before the next one."""
        before = len(self)
        until(f"{count} more answers", lambda: len(self) >= before + count)


@contextmanager
def traffic(call: Callable[[], httpx.Response], clients: int = 4) -> Iterator[Results]:
    """Calls without pause while the block runs, and yields the results."""
    results = Results()
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            try:
                results.append(call().status_code)
            except httpx.HTTPError as error:
                results.append(error)

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield results
    finally:
        over.set()
        for thread in threads:
            thread.join()
