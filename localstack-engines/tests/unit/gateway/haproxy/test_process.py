"""Which changes of the model reload HAProxy."""

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.haproxy.master_socket import CommandFailed, MasterSocket
from localstack_engines.gateway.haproxy.process import HAProxy
from localstack_engines.gateway.model import Api, Function, Gateway, LambdaAuthorizer, Proxy, Route, Server, Stage

FUNCTION = Function(id="function", uri="arn:1", payload_version="2.0")
PROXY = Proxy(id="proxy", upstream="u")
AUTHORIZER = LambdaAuthorizer(id="authorizer", name="n", uri="arn:1", payload_version="2.0")


def gateway(
    function: Function = FUNCTION, proxy: Proxy = PROXY, authorizer: LambdaAuthorizer = AUTHORIZER, region: str = "r1"
) -> Gateway:
    routes = (
        Route(id="r1", key="GET /a", integration=function, authorizer=authorizer),
        Route(id="r2", key="GET /b", integration=proxy),
    )
    servers = {upstream: (Server(address="10.0.0.1", port=80),) for upstream in ("u", "v")}
    return Gateway(
        apis=(Api(id="api", domain="d", region=region, stages=(Stage(name="dev", routes=routes),)),), servers=servers
    )


def reloads(former: Gateway, new: Gateway, directory: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Returns how often HAProxy was reloaded for the second of two models."""
    count: list[MasterSocket] = []
    monkeypatch.setattr(MasterSocket, "reload", lambda socket: count.append(socket))
    haproxy = HAProxy(Edge(edge_port=4566, gateway_address="127.0.0.1:4000", directory=directory))
    haproxy.publish(former)
    assert len(count) == 1
    haproxy.publish(new)
    return len(count) - 1


@pytest.mark.parametrize(
    "new",
    [
        gateway(function=replace(FUNCTION, uri="arn:2")),
        gateway(function=replace(FUNCTION, payload_version="1.0")),
        gateway(authorizer=replace(AUTHORIZER, uri="arn:2", payload_version="1.0", result_ttl=0)),
        gateway(region="r2"),
    ],
    ids=["uri", "payload version", "authorizer", "region"],
)
def test_what_only_sub_requests_use_needs_no_reload(
    new: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reloads(gateway(), new, tmp_path, monkeypatch) == 0


@pytest.mark.parametrize(
    "new",
    [
        gateway(proxy=replace(PROXY, server_name="other.example")),
        gateway(proxy=replace(PROXY, upstream="v")),
        gateway(proxy=replace(PROXY, timeout_ms=1)),
    ],
    ids=["TLS", "upstream", "time-out"],
)
def test_another_configuration_needs_a_reload(new: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reloads(gateway(), new, tmp_path, monkeypatch) == 1


def test_a_reload_without_an_answer_leaves_the_former_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    haproxy = HAProxy(Edge(edge_port=4566, gateway_address="127.0.0.1:4000", directory=tmp_path))
    monkeypatch.setattr(MasterSocket, "reload", lambda socket: None)
    haproxy.publish(gateway())
    former = (tmp_path / "haproxy.cfg").read_text()

    def silent(socket: MasterSocket) -> None:
        raise TimeoutError

    monkeypatch.setattr(MasterSocket, "reload", silent)
    with pytest.raises(CommandFailed, match="does not answer"):
        haproxy.publish(gateway(proxy=replace(PROXY, upstream="v")))
    assert (tmp_path / "haproxy.cfg").read_text() == former
