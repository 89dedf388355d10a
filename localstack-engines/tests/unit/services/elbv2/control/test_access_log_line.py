"""Lines of access logs."""

import shlex
from datetime import UTC, datetime
from typing import Any

from localstack_engines.network.interfaces import Interface
from localstack_engines.network.networks import VpcNetwork
from localstack_engines.services.elbv2.control.access_log_line import line
from localstack_engines.services.elbv2.models import Listener, LoadBalancer, Rule, Scope

STARTED = datetime(2026, 11, 27, 10, 0, 0, 250_000, UTC)


def balancer() -> LoadBalancer:
    network = VpcNetwork("vpc-1", "n", "10.0.0.0/16", "10.0.0.0/16", "10.0.0.2")
    interface = Interface("eni-1", "subnet-1", "10.0.0.9", "02:42", "ip", "us-east-1a", network)
    scope = Scope("000000000000", "us-east-1")
    made = LoadBalancer(
        scope, "web", "application", "internal", "vpc-1", ["subnet-1"], {}, [], interface, {}, {}, id="0123456789abcdef"
    )
    rules = [
        Rule("arn:rule/default", "default", [], [{"Type": "forward"}]),
        Rule("arn:rule/seven", "7", [], [{"Type": "redirect"}]),
    ]
    made.listeners["arn:listener/1"] = Listener("arn:listener/1", 443, "HTTPS", rules, certificates=["arn:cert"])
    return made


def entry(**more: Any) -> dict[str, Any]:
    return {
        "client": "10.0.1.1",
        "clientPort": 4000,
        "target": "10.0.2.2",
        "targetPort": 8080,
        "requestMs": 1,
        "queueMs": 0,
        "connectMs": 2,
        "targetMs": 45,
        "received": 100,
        "sent": 200,
        "method": "GET",
        "uri": "/a?b=c",
        "version": "HTTP/2.0",
        "status": 200,
        "targetStatus": 200,
        "host": "shop.org",
        "userAgent": "agent",
        "rule": "rdefault",
        "pool": "pool-1",
        "startedMs": STARTED.timestamp() * 1000,
        "endedMs": STARTED.timestamp() * 1000 + 50,
        **more,
    }


def test_a_forwarded_request() -> None:
    fields = shlex.split(line(balancer(), {"pool-1": "arn:group"}, entry()))
    assert fields[:5] == [
        "h2",
        "2026-11-27T10:00:00.300000Z",
        "app/web/0123456789abcdef",
        "10.0.1.1:4000",
        "10.0.2.2:8080",
    ]
    assert fields[5:12] == ["0.003", "0.045", "0.000", "200", "200", "100", "200"]
    assert fields[12] == "GET https://shop.org:443/a?b=c HTTP/2.0"
    assert (fields[16], fields[19], fields[20], fields[22]) == ("arn:group", "arn:cert", "0", "forward")
    assert fields[21] == "2026-11-27T10:00:00.250000Z"
    assert len(fields) == 30


def test_a_redirect_has_no_target() -> None:
    answered = entry(status=301, targetStatus=None, rule="rseven", pool=None, location="https://x.org:443/")
    fields = shlex.split(line(balancer(), {}, answered))
    assert (fields[4], fields[5:8], fields[8:10]) == ("-", ["-1", "-1", "-1"], ["301", "-"])
    assert (fields[20], fields[22], fields[23]) == ("7", "redirect", "https://x.org:443/")


def test_a_client_cannot_write_lines_of_its_own() -> None:
    text = line(balancer(), {}, entry(userAgent='x" "y\r\nhttp'))
    assert "\n" not in text
    assert r'"x\x22 \x22y\x0d\x0ahttp"' in text
