"""Requests through an Application Load Balancer: conditions, actions, headers, and AWS's answers to failures."""

import gzip
import re
import shlex
import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from lab.elb import BalancerLab, Json, fixed, forward, seen
from lab.gateway import Upstream, host_address
from lab.localstack import ENDPOINT, container, in_container
from lab.waiting import until


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[BalancerLab]:
    with BalancerLab(aws) as lab:
        yield lab


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    upstream = Upstream(host_address(container()))
    yield upstream
    upstream.close()


@pytest.fixture(scope="module")
def balancer(lab: BalancerLab) -> Json:
    return lab.balancer()


@pytest.fixture(scope="module")
def group(lab: BalancerLab, upstream: Upstream) -> str:
    return lab.group(upstream)


@pytest.fixture(scope="module")
def listener(lab: BalancerLab, balancer: Json, group: str) -> Json:
    listener = lab.listener(balancer, forward(group))
    lab.healthy(group)
    return listener


CASES = [
    # condition, request that meets it, request that does not
    (
        {"Field": "path-pattern", "Values": ["/img/*.pn?"]},
        {"url": "/img/a/b.png"},
        {"url": "/IMG/a.png"},
    ),
    (
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com", "other.org"]}},
        {"url": "/", "headers": {"host": "API.example.com:8080"}},
        {"url": "/", "headers": {"host": "example.com"}},
    ),
    (
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "User-Agent", "Values": ["*chrome*"]}},
        {"url": "/", "headers": {"user-agent": "Mozilla Chrome/1"}},
        {"url": "/", "headers": {"user-agent": "Mozilla"}},
    ),
    (
        {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PUT", "DELETE"]}},
        {"url": "/", "method": "DELETE"},
        {"url": "/"},
    ),
    (
        {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v*", "Value": "1?"}, {"Value": "x"}]}},
        {"url": "/?a=b&version=12"},
        {"url": "/?version=123&b=xx"},
    ),
    (
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["0.0.0.0/1", "128.0.0.0/1"]}},
        {"url": "/"},
        None,
    ),
]


@pytest.mark.parametrize(("condition", "met", "missed"), CASES, ids=[case[0]["Field"] for case in CASES])
def test_conditions(lab: BalancerLab, listener: Json, condition: Json, met: Json, missed: Json | None) -> None:
    rule = lab.elb.create_rule(
        ListenerArn=listener["ListenerArn"], Priority=10, Conditions=[condition], Actions=[fixed("met", "202")]
    )["Rules"][0]
    with lab.http(listener) as http:
        found = http.request(**{"method": "GET", **met})
        assert (found.status_code, found.text, found.headers["server"]) == (202, "met", "awselb/2.0")
        if missed:
            assert http.request(**{"method": "GET", **missed}).status_code == 200
        lab.elb.delete_rule(RuleArn=rule["RuleArn"])
        assert http.request(**{"method": "GET", **met}).status_code == 200


def test_the_rule_with_the_lowest_priority_wins(lab: BalancerLab, listener: Json) -> None:
    def rule(priority: int, text: str) -> str:
        condition = {"Field": "path-pattern", "Values": ["/order*"]}
        made = lab.elb.create_rule(
            ListenerArn=listener["ListenerArn"], Priority=priority, Conditions=[condition], Actions=[fixed(text)]
        )
        return str(made["Rules"][0]["RuleArn"])

    first, second = rule(20, "first"), rule(30, "second")
    with lab.http(listener) as http:
        assert http.get("/order").text == "first"
        lab.elb.set_rule_priorities(
            RulePriorities=[{"RuleArn": first, "Priority": 30}, {"RuleArn": second, "Priority": 20}]
        )
        assert http.get("/order").text == "second"
        lab.elb.modify_rule(RuleArn=second, Actions=[fixed("changed")])
        assert http.get("/order").text == "changed"
        both = {"RulePriorities": [{"RuleArn": first, "Priority": 20}]}
        with pytest.raises(lab.elb.exceptions.PriorityInUseException):
            lab.elb.set_rule_priorities(**both)
    for arn in (first, second):
        lab.elb.delete_rule(RuleArn=arn)


@pytest.mark.parametrize(
    ("config", "path", "location"),
    [
        ({"Protocol": "HTTPS", "Port": "443"}, "/a/b?c=d", "https://shop.org:443/a/b?c=d"),
        ({"Host": "www.#{host}", "Path": "/new/#{path}", "Query": ""}, "/a?c=d", "http://www.shop.org:80/new/a"),
        ({"Query": "from=#{path}&#{query}"}, "/a?x=1", "http://shop.org:80/a?from=a&x=1"),
    ],
)
def test_redirects(lab: BalancerLab, listener: Json, config: Json, path: str, location: str) -> None:
    action = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302", **config}}
    condition = {"Field": "host-header", "Values": ["shop.org"]}
    rule = lab.elb.create_rule(
        ListenerArn=listener["ListenerArn"], Priority=40, Conditions=[condition], Actions=[action]
    )["Rules"][0]
    with lab.http(listener) as http:
        found = http.get(path, headers={"host": "shop.org"})
    assert (found.status_code, found.headers["location"]) == (302, location)
    lab.elb.delete_rule(RuleArn=rule["RuleArn"])


def test_headers_of_requests(lab: BalancerLab, listener: Json) -> None:
    with lab.http(listener) as http:
        headers = seen(http.get("/"))["headers"]
        assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", headers["x-amzn-trace-id"])
        assert (headers["x-forwarded-proto"], headers["x-forwarded-port"]) == ("http", "80")
        client = headers["x-forwarded-for"]
        sent = {"x-forwarded-for": "203.0.113.7", "x-amzn-trace-id": "Root=1-67891233-abcdef012345678912345678"}
        headers = seen(http.get("/", headers=sent))["headers"]
        assert headers["x-forwarded-for"] == f"203.0.113.7, {client}"
        assert re.fullmatch(
            rf"Self=1-[0-9a-f]{{8}}-[0-9a-f]{{24}};{sent['x-amzn-trace-id']}", headers["x-amzn-trace-id"]
        )


def test_headers_of_responses(lab: BalancerLab, listener: Json) -> None:
    attributes = {
        "routing.http.response.strict_transport_security.header_value": "max-age=60; 100%",
        "routing.http.response.server.enabled": "false",
    }
    items = [{"Key": key, "Value": value} for key, value in attributes.items()]
    lab.elb.modify_listener_attributes(ListenerArn=listener["ListenerArn"], Attributes=items)
    with lab.http(listener) as http:
        found = http.get("/").headers
    assert found["strict-transport-security"] == "max-age=60; 100%"
    assert "server" not in found


def test_the_name_leads_to_the_load_balancer(lab: BalancerLab, balancer: Json, listener: Json) -> None:
    """On the edge port by the Host header; from LocalStack's container, where Lambdas run, by DNS and the own port."""
    name = balancer["DNSName"]
    found = httpx.get(f"{ENDPOINT}/by-name", headers={"host": name})
    assert seen(found)["path"] == "/by-name"
    script = f"import urllib.request as u; print(u.urlopen('http://{name}/own-port').status)"
    assert in_container("python", "-c", script).strip() == "200"


def test_weights(lab: BalancerLab, listener: Json) -> None:
    others = [Upstream(host_address(container()), name) for name in ("a", "b", "c")]
    groups = [lab.group(one) for one in others]
    lab.elb.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[forward(*groups, weights=(1, 3, 0))])
    for group in groups:
        lab.healthy(group)
    with lab.http(listener) as http:
        names = [seen(http.get("/"))["upstream"] for _ in range(80)]
    assert 0 < names.count("a") < names.count("b")
    assert names.count("c") == 0
    for one in others:
        one.close()


def test_failures_of_targets(lab: BalancerLab, listener: Json, upstream: Upstream, group: str) -> None:
    """503 without a target, 502 for a refused connection, 504 when the target is silent for the idle time-out."""
    empty = lab.group()
    lab.elb.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[forward(empty)])
    arn = listener["LoadBalancerArn"]
    with lab.http(listener) as http:
        assert http.get("/").status_code == 503
        with socket.socket() as closed:
            closed.bind((upstream.address, 0))
            port = closed.getsockname()[1]
            lab.elb.register_targets(TargetGroupArn=empty, Targets=[{"Id": upstream.address, "Port": port}])
            found = http.get("/")
        assert (found.status_code, found.reason_phrase) == (502, "Bad Gateway")
        assert "502 Bad Gateway" in found.text
        lab.elb.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[forward(group)])
        lab.healthy(group)
        key = "idle_timeout.timeout_seconds"
        lab.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": "1"}])
        assert http.get("/?sleep=3").status_code == 504
        lab.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": "60"}])


def test_access_logs(lab: BalancerLab, balancer: Json, listener: Json, group: str, aws: Callable[..., Any]) -> None:
    s3, arn = aws("s3"), balancer["LoadBalancerArn"]
    bucket = balancer["LoadBalancerName"]
    s3.create_bucket(Bucket=bucket)
    attributes = [
        {"Key": f"access_logs.s3.{key}", "Value": value}
        for key, value in (("enabled", "true"), ("bucket", bucket), ("prefix", "logs"))
    ]

    def written() -> list[str]:
        """Returns the lines of all files. A change of the attributes writes what has been logged so far."""
        lab.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)
        found = s3.list_objects_v2(Bucket=bucket, Prefix="logs/AWSLogs/000000000000/elasticloadbalancing/us-east-1/")
        bodies = [s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read() for one in found.get("Contents", [])]
        return [line for body in bodies for line in gzip.decompress(body).decode().splitlines()]

    lab.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)
    lab.elb.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[forward(group)])
    lab.healthy(group)
    with lab.http(listener) as http:
        http.get("/logged?a=b", headers={"user-agent": 'quoted "agent"', "host": "shop.org"})
    (line,) = until("a line", written)
    fields = shlex.split(line.replace("\\x22", ""))
    assert fields[0] == "http"
    assert fields[2] == balancer["LoadBalancerArn"].partition(":loadbalancer/")[2]
    assert fields[8:10] == ["200", "200"]
    assert fields[12:14] == ["GET http://shop.org:80/logged?a=b HTTP/1.1", "quoted agent"]
    assert (fields[16], fields[20], fields[22]) == (group, "0", "forward")
    assert fields[17].startswith("Root=1-")
    assert len(fields) == 30
    for item in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        s3.delete_object(Bucket=bucket, Key=item["Key"])
    off = [{"Key": "access_logs.s3.enabled", "Value": "false"}]
    lab.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=off)
    s3.delete_bucket(Bucket=bucket)


def test_a_deleted_load_balancer_is_gone(lab: BalancerLab) -> None:
    extra = lab.balancer(Scheme="internal")
    listener = lab.listener(extra, fixed("internal"))
    # An internal load balancer is reached from its VPC only, where LocalStack is, too.
    name = extra["DNSName"]
    assert name.startswith("internal-")
    assert in_container("python", "-c", f"import urllib.request as u; print(u.urlopen('http://{name}/').read())")
    assert lab.elb.describe_tags(ResourceArns=[listener["ListenerArn"]])["TagDescriptions"][0]["Tags"] == []
    lab.elb.delete_load_balancer(LoadBalancerArn=extra["LoadBalancerArn"])
    with pytest.raises(lab.elb.exceptions.LoadBalancerNotFoundException):
        lab.elb.describe_load_balancers(LoadBalancerArns=[extra["LoadBalancerArn"]])
    resolve = f"import socket\ntry: print(socket.gethostbyname('{name}'))\nexcept OSError: print('unknown')"
    until("the name to be unknown", lambda: in_container("python", "-c", resolve).strip() == "unknown")
