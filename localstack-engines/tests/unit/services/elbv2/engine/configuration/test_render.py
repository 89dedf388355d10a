"""The configuration of a load balancer."""

from pathlib import Path

import pytest

from localstack_engines.gateway.model import Server
from localstack_engines.services.elbv2.engine.configuration.answers import redirect
from localstack_engines.services.elbv2.engine.configuration.render import Rendered, render
from localstack_engines.services.elbv2.engine.model import (
    FixedResponse,
    Forward,
    Listener,
    LoadBalancer,
    Options,
    Pool,
    Redirect,
    Rule,
    Stickiness,
    Tls,
)

DIRECTORY = Path("/d")


def rendered(*actions: FixedResponse | Forward, pool: Pool | None = None, **options: object) -> Rendered:
    rules = tuple(Rule(id=f"r{number}", conditions=(), action=action) for number, action in enumerate(actions))
    tls = options.pop("tls", None)
    listener = Listener(
        id="l1",
        port=8080,
        inner_port=65535,
        protocol="HTTPS" if tls else "HTTP",
        rules=rules,
        tls=tls,  # type: ignore[arg-type]
    )
    pools = (pool or Pool(id="a", protocol="HTTP"), Pool(id="b", protocol="HTTPS", http2=True))
    servers = {"a": (Server(address="10.0.0.9", port=80),), "b": (Server(address="10.0.0.8", port=443),)}
    balancer = LoadBalancer(
        trusted="10.0.0.2",
        listeners=(listener,),
        pools=pools,
        servers=servers,
        options=Options(**options),  # type: ignore[arg-type]
    )
    return render(balancer, DIRECTORY)


def test_weights_become_ranges_of_a_random_number() -> None:
    config = rendered(Forward(pools=(("a", 1), ("b", 3), ("c", 0)))).config
    assert "set-var(txn.dice) rand(4)" in config
    assert (
        "str(pool-a) if { var(txn.rule) -m str r0 } !{ var(txn.pool) -m found } { var(txn.dice),add(0) -m int lt 1 }"
        in (config)
    )
    assert "pool-c" not in config


def test_a_rule_without_a_weighted_pool_has_no_pool() -> None:
    config = rendered(Forward(pools=(("a", 0),))).config
    assert "set-var(txn.pool)" not in config


def test_servers_have_the_options_of_their_protocol() -> None:
    config = rendered(Forward(pools=(("a", 1),))).config
    assert "server s10.0.0.9_80 10.0.0.9:80\n" in config
    assert "server s10.0.0.8_443 10.0.0.8:443 ssl verify none alpn h2\n" in config


def test_only_localstack_may_tell_the_clients_address() -> None:
    config = rendered(Forward(pools=(("a", 1),))).config
    assert "tcp-request connection reject if { dst_port 65535 } !{ src 10.0.0.2 }" in config


def test_bodies_and_certificates_are_files() -> None:
    tls = Tls(certificates=("first", "second"), minimum="TLSv1.2", maximum="TLSv1.3", ciphers=("TLS_A", "B", "C"))
    found = rendered(FixedResponse(status=404, content_type="text/plain", body="it's\nnot here"), tls=tls)
    assert "it's\nnot here" in found.files.values()
    assert found.files["l1.crtlist"] == "/d/l1-0.pem\n/d/l1-1.pem\n"
    assert (found.files["l1-0.pem"], found.files["l1-1.pem"]) == ("first", "second")
    assert "ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.3 ciphers B:C ciphersuites TLS_A alpn h2,http/1.1" in found.config


@pytest.mark.parametrize(("mode", "present"), [("append", True), ("preserve", False), ("remove", False)])
def test_forwarded_for(mode: str, *, present: bool) -> None:
    config = rendered(Forward(pools=(("a", 1),)), forwarded_for=mode).config
    assert ("set-header X-Forwarded-For" in config) == present
    assert ("del-header X-Forwarded-For" in config) == (mode == "remove")


def test_stickiness_by_the_targets_cookie_uses_a_table() -> None:
    pool = Pool(id="a", protocol="HTTP", stickiness=Stickiness(seconds=9, cookie="session"))
    config = rendered(Forward(pools=(("a", 1),)), pool=pool).config
    assert "stick store-response res.cook(session)" in config
    assert "expire 9s" in config


def test_a_redirect_without_a_query_has_no_question_mark() -> None:
    action = Redirect(status=301, protocol="HTTPS", host="#{host}", port="443", path="/100%/#{path}", query="")
    (rule,) = redirect(action, "HTTP", 80, "{ always_true }")
    assert "'https://%[req.hdr(host),host_only]:443/100%%/%[path,regsub(^/,)]'" in rule
