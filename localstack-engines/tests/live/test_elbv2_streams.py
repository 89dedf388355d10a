"""TLS: certificates of ACM by SNI, policies, HTTP/2. Network Load Balancers. WebSockets and reloads."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from lab.elb import BalancerLab, Json, fixed, forward, seen
from lab.errors import refused
from lab.gateway import Upstream
from lab.localstack import ENDPOINT, container
from lab.waiting import until


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[BalancerLab]:
    with BalancerLab(aws) as lab:
        yield lab


@pytest.fixture(scope="module")
def balancer(lab: BalancerLab) -> Json:
    return lab.balancer()


class Echo:
    """A TCP server that answers "<name>:<line>" to each line. It upgrades HTTP connections like a WebSocket server."""

    def __init__(self, address: str, name: str) -> None:
        self.name = name
        self._server = socket.create_server((address, 0))
        self.address, self.port = self._server.getsockname()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # The balancer may close the connection at any time.
        with suppress(ConnectionError), connection, connection.makefile("rwb", buffering=0) as stream:
            while line := stream.readline():
                if line.startswith(b"GET "):
                    while stream.readline().strip():
                        pass
                    stream.write(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n")
                else:
                    stream.write(f"{self.name}:{line.decode()}".encode())

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def echo(address: str) -> Iterator[Echo]:
    echo = Echo(address, "echo")
    yield echo
    echo.close()


def certificate(aws: Callable[..., Any], directory: Path, name: str) -> tuple[str, Path]:
    """Returns the ARN of a self-signed certificate in ACM, and its file."""
    files = [directory / f"{name}.{kind}" for kind in ("crt", "key")]
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", f"/CN={name}"]
    subprocess.run(
        [*argv, "-addext", f"subjectAltName=DNS:{name}", "-out", str(files[0]), "-keyout", str(files[1])],
        check=True,
        capture_output=True,
    )
    acm = aws("acm")
    made = acm.import_certificate(Certificate=files[0].read_bytes(), PrivateKey=files[1].read_bytes())
    return str(made["CertificateArn"]), files[0]


def hello(port: int, name: str, file: Path, **options: Any) -> ssl.SSLSocket:
    """Returns a TLS connection whose server has proved to be `name`."""
    context = ssl.create_default_context(cafile=str(file))
    for key, value in options.items():
        setattr(context, key, value)
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname=name)


def test_https_with_several_certificates(
    lab: BalancerLab, balancer: Json, aws: Callable[..., Any], tmp_path: Path, upstream: Upstream
) -> None:
    name = balancer["DNSName"]
    (first, first_file), (second, second_file) = (certificate(aws, tmp_path, one) for one in ("a.test", "b.test"))
    (own, own_file) = certificate(aws, tmp_path, name)
    group = lab.group(upstream)
    refused(
        lab.elb.create_listener,
        "CertificateNotFound",
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        DefaultActions=[forward(group)],
        Certificates=[{"CertificateArn": f"{first}x"}],
    )
    listener = lab.listener(
        balancer,
        forward(group),
        port=443,
        protocol="HTTPS",
        Certificates=[{"CertificateArn": first}],
        SslPolicy="ELBSecurityPolicy-TLS13-1-3-2021-06",
    )
    more = {"ListenerArn": listener["ListenerArn"], "Certificates": [{"CertificateArn": one} for one in (second, own)]}
    lab.elb.add_listener_certificates(**more)
    port = lab.port(listener)
    hello(port, "a.test", first_file).close()
    hello(port, "b.test", second_file).close()
    with pytest.raises(ssl.SSLError):
        hello(port, "a.test", first_file, maximum_version=ssl.TLSVersion.TLSv1_2)
    lab.healthy(group)
    with httpx.Client(verify=ssl.create_default_context(cafile=str(own_file))) as http:
        edge = ENDPOINT.replace("http:", "https:")
        found = seen(http.get(edge, headers={"host": name}, extensions={"sni_hostname": name}))
    assert (found["headers"]["x-forwarded-proto"], found["headers"]["x-forwarded-port"]) == ("https", "443")
    context = ssl.create_default_context(cafile=str(first_file))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="a.test") as connection:
        assert connection.selected_alpn_protocol() == "h2"
    lab.elb.remove_listener_certificates(ListenerArn=listener["ListenerArn"], Certificates=more["Certificates"][:1])
    with pytest.raises(ssl.SSLCertVerificationError):
        hello(port, "b.test", second_file)


def test_a_reload_keeps_connections(lab: BalancerLab, balancer: Json, echo: Echo) -> None:
    """An upgraded connection lives on while rules change and its target is deregistered, until the delay is over."""
    group = lab.group(Matcher={"HttpCode": "200-499"})
    key = "deregistration_delay.timeout_seconds"
    lab.elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=[{"Key": key, "Value": "6"}])
    lab.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": echo.address, "Port": echo.port}])
    listener = lab.listener(balancer, forward(group), port=81)
    with socket.create_connection(("127.0.0.1", lab.port(listener)), timeout=20) as connection:
        stream = connection.makefile("rwb", buffering=0)
        stream.write(b"GET /chat HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n")
        assert stream.readline().split()[1] == b"101"
        while stream.readline().strip():
            pass
        lab.elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": echo.address, "Port": echo.port}])
        assert lab.health(group)[echo.port] == {
            "State": "draining",
            "Reason": "Target.DeregistrationInProgress",
            "Description": "Target deregistration is in progress",
        }
        stream.write(b"still here\n")
        assert stream.readline() == b"echo:still here\n"
        assert stream.read(1) == b""
    until("the target to be gone", lambda: lab.health(group) == {})


def test_a_rule_change_keeps_connections(lab: BalancerLab, balancer: Json, echo: Echo) -> None:
    group = lab.group(Matcher={"HttpCode": "200-499"})
    lab.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": echo.address, "Port": echo.port}])
    listener = lab.listener(balancer, forward(group), port=82)
    with socket.create_connection(("127.0.0.1", lab.port(listener)), timeout=20) as connection:
        stream = connection.makefile("rwb", buffering=0)
        stream.write(b"GET /chat HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n")
        while stream.readline().strip():
            pass
        with lab.http(listener) as http:
            lab.elb.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[fixed("new rule")])
            assert http.get("/").text == "new rule"
        stream.write(b"after the reload\n")
        assert stream.readline() == b"echo:after the reload\n"


def test_a_network_load_balancer(lab: BalancerLab, aws: Callable[..., Any], tmp_path: Path, echo: Echo) -> None:
    balancer = lab.balancer("network")
    group = lab.group(protocol="TCP")
    lab.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": echo.address, "Port": echo.port}])
    plain = lab.listener(balancer, forward(group), port=9000, protocol="TCP")
    arn, file = certificate(aws, tmp_path, "n.test")
    secure = lab.listener(balancer, forward(group), port=9001, protocol="TLS", Certificates=[{"CertificateArn": arn}])
    lab.healthy(group)
    with socket.create_connection(("127.0.0.1", lab.port(plain))) as connection:
        connection.sendall(b"plain\n")
        assert connection.recv(100) == b"echo:plain\n"
    with hello(lab.port(secure), "n.test", file) as connection:
        connection.sendall(b"secret\n")
        assert connection.recv(100) == b"echo:secret\n"
    refused(
        lab.elb.create_listener,
        "UnsupportedProtocol",
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="UDP",
        Port=53,
        DefaultActions=[forward(group)],
    )
    zones = balancer["AvailabilityZones"]
    assert [len(zone["LoadBalancerAddresses"]) for zone in zones] == [1, 0]


def test_stickiness(lab: BalancerLab, balancer: Json, address: str) -> None:
    upstreams = [Upstream(address, name) for name in ("a", "b", "c")]
    group = lab.group(*upstreams)
    listener = lab.listener(balancer, forward(group), port=83)
    lab.healthy(group)

    def set_to(**attributes: str) -> None:
        items = [{"Key": f"stickiness.{key.replace('__', '.')}", "Value": value} for key, value in attributes.items()]
        lab.elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=items)

    def names(http: httpx.Client) -> set[str]:
        return {seen(http.get("/"))["upstream"] for _ in range(9)}

    with lab.http(listener) as http:
        # A target is shown as healthy a moment before it gets requests again.
        until("requests to all targets", lambda: names(http) == {"a", "b", "c"})
    set_to(enabled="true", lb_cookie__duration_seconds="60")
    with lab.http(listener) as http:
        assert len(names(http)) == 1
        assert "AWSALB" in http.cookies
    set_to(type="app_cookie", app_cookie__cookie_name="session")
    with lab.http(listener) as http:
        http.cookies.set("session", "alice")
        assert len(names(http)) == 1
        # The table of cookies outlives a reload.
        (before,) = names(http)
        lab.elb.create_rule(
            ListenerArn=listener["ListenerArn"],
            Priority=1,
            Conditions=[{"Field": "path-pattern", "Values": ["/x"]}],
            Actions=[fixed("x")],
        )
        until("the table of the new worker", lambda: "alice" in _table(balancer, group))
        assert names(http) == {before}
    for upstream in upstreams:
        upstream.close()


def _table(balancer: Json, group: str) -> str:
    """Returns the table of cookies of the worker that gets new connections."""
    script = (
        "from pathlib import Path\n"
        "from localstack_engines.gateway.haproxy.master_socket import MasterSocket\n"
        "master = MasterSocket(Path('/run/balancer/master.sock'))\n"
        f"print(*master.in_every_worker('show table pool-{group.rpartition('/')[2]}'))\n"
    )
    identifier = balancer["LoadBalancerArn"].rpartition("/")[2][:8]
    name = f"engines-{container()}-elb-{balancer['LoadBalancerName']}-{identifier}"
    argv = ["docker", "exec", name, "python", "-c", script]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout
