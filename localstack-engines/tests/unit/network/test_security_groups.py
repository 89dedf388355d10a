"""What security groups allow, and how that becomes a ruleset of nft."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from localstack_engines.network import ec2
from localstack_engines.network.networks import VpcNetwork
from localstack_engines.network.security_groups import denied, records, ruleset
from localstack_engines.network.security_groups.enforcement import PacketFilters
from localstack_engines.network.security_groups.model import Endpoint, Group, Interface, Rule, Vpc
from localstack_engines.network.security_groups.rules import may_enter, may_leave

_APP = Interface("10.0.1.4", frozenset({"app"}), "task/app")
_WEB = Interface("10.0.1.5", frozenset({"web"}), "task/web")
_DATABASE = Endpoint("the DB instance shop", 4511, frozenset({"db"}), frozenset({4511, 5432}))


def rule(port: int, *cidrs: str, group: str | None = None, protocol: str = "tcp") -> Rule:
    return Rule(protocol, port, port, cidrs, group)


def vpc(**groups: Group) -> Vpc:
    return Vpc(
        cidr="10.0.0.0/16",
        resolver="10.0.0.2",
        groups=groups,
        interfaces={one.address: one for one in (_APP, _WEB)},
        endpoints=(_DATABASE,),
    )


def lines(found: Vpc, own: Interface = _APP) -> list[str]:
    return [line.strip() for line in ruleset.render(found, own).splitlines()]


def test_a_group_as_a_source_means_its_members() -> None:
    found = lines(vpc(app=Group(ingress=(rule(8080, group="web"),))))
    assert "ip saddr { 10.0.1.5/32 } tcp dport 8080-8080 accept" in found
    # Nothing is in this group, so nothing is allowed. A rule without a match for addresses would allow everything.
    found = lines(vpc(app=Group(ingress=(rule(8080, group="empty"),))))
    assert [line for line in found if "8080" in line] == []


def test_the_resolver_is_a_member_of_the_groups_of_vpc_links() -> None:
    known = replace(vpc(app=Group(ingress=(rule(8080, group="link"),))), resolver_groups=frozenset({"link"}))
    assert "ip saddr { 10.0.0.2/32 } tcp dport 8080-8080 accept" in lines(known)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Rule("-1", -1, -1, ("0.0.0.0/0",)), "accept"),
        (Rule("udp", 53, 54, ("10.0.0.0/8", "10.1.0.0/16")), "ip daddr { 10.0.0.0/8 } udp dport 53-54 accept"),
        (Rule("icmp", -1, -1, ("0.0.0.0/0",)), "meta l4proto icmp accept"),
        (Rule("icmp", 8, 0, ("0.0.0.0/0",)), "icmp type 8 icmp code 0 accept"),
        (Rule("50", 0, 0, ("0.0.0.0/0",)), "meta l4proto 50 accept"),
    ],
)
def test_protocols(given: Rule, expected: str) -> None:
    found = lines(vpc(app=Group(egress=(given,))))
    output = found[found.index("chain output {") :]
    assert output[output.index(f"ip daddr {vpc().resolver} accept") + 1] == expected


def test_an_endpoint_wants_a_rule_of_both_sides() -> None:
    leave, enter = Group(egress=(rule(5432, group="db"),)), Group(ingress=(rule(5432, group="app"),))
    for known, verdict in (
        (vpc(app=leave, db=enter), "accept"),
        (vpc(app=leave, db=Group()), f"goto {ruleset.OUTPUT}"),
        (vpc(app=Group(), db=enter), f"goto {ruleset.OUTPUT}"),
    ):
        assert f"ip daddr 10.0.0.2 tcp dport 4511 {verdict}" in lines(known)


def test_a_range_of_the_vpc_holds_for_an_engine() -> None:
    known = vpc(app=Group(egress=(rule(5432, "10.0.128.0/20"),)), db=Group(ingress=(rule(4511, "10.0.1.0/24"),)))
    assert may_leave(known, _APP, _DATABASE)
    assert may_enter(known, _APP, _DATABASE)
    known = vpc(app=Group(egress=(rule(5432, "172.16.0.0/12"),)), db=Group(ingress=(rule(5432, "10.0.2.0/24"),)))
    assert not may_leave(known, _APP, _DATABASE)
    assert not may_enter(known, _APP, _DATABASE)


def test_the_groups_of_a_load_balancer_count_for_what_it_sends() -> None:
    balancer = Interface("10.0.1.9", frozenset({"alb"}), "alb")
    known = replace(vpc(alb=Group(egress=(rule(8080, group="app"),))), balancers=(balancer,))
    found = lines(known)
    chain = found[found.index("chain from_0 {") :][1:3]
    assert chain == ["tcp dport 8080-8080 return", f"goto {ruleset.INPUT}"]
    assert "ip saddr 10.0.1.9 jump from_0" in found


def test_the_explanation_names_the_load_balancer_whose_rule_is_missing() -> None:
    def explanation(**groups: Group) -> str:
        known = replace(vpc(**groups), balancers=(Interface("10.0.1.9", frozenset({"alb"}), "alb"),))
        return denied.explain("ingress", "10.0.1.9", "tcp", 8080, known, _APP)

    expected = "no egress rule of alb (alb) allows tcp 8080 to 10.0.1.4 (task/app: app)"
    assert explanation(alb=Group(), app=Group(ingress=(rule(8080, group="alb"),))) == expected
    assert explanation(alb=Group(egress=(rule(8081, group="app"),))) == expected
    expected = "no ingress rule of app allows tcp 8080 from 10.0.1.9"
    assert explanation(alb=Group(egress=(rule(8080, group="app"),)), app=Group()) == expected
    assert explanation(alb=Group(egress=(Rule("-1", -1, -1, ("0.0.0.0/0",)),))) == expected


def test_explanations() -> None:
    known = vpc(app=Group(), db=Group())
    explain = denied.explain
    assert explain("egress", "10.0.1.5", "tcp", 80, known, _APP) == (
        "no egress rule of app allows tcp 80 to 10.0.1.5 (task/web: web)"
    )
    assert explain("ingress", "10.0.0.1", "icmp", 0, known, _APP) == "no ingress rule of app allows icmp from 10.0.0.1"
    assert explain("egress", "10.0.0.2", "tcp", 4511, known, _APP) == (
        "no egress rule of app allows tcp 4511/5432 to the DB instance shop (db)"
    )
    known = vpc(app=Group(egress=(rule(5432, group="db"),)), db=Group())
    assert explain("egress", "10.0.0.2", "tcp", 4511, known, _APP) == (
        "no ingress rule of the DB instance shop (db) allows tcp 4511/5432 from app"
    )


def test_denials_are_read_from_nft() -> None:
    element = {"val": {"concat": ["10.0.1.5", "tcp", 8080]}, "expires": 3590, "counter": {"packets": 3, "bytes": 180}}
    listed = {"nftables": [{"metainfo": {}}, {"set": {"name": ruleset.INPUT, "elem": [{"elem": element}]}}]}
    [found] = denied.parse(json.dumps(listed), vpc(app=Group()), _APP)
    assert (found.direction, found.peer, found.port, found.packets) == ("ingress", "10.0.1.5", 8080, 3)


def record(**members: Any) -> Any:
    empty = {"ip_protocol": "tcp", "from_port": 80, "to_port": 81, "cidr_ipv4": None, "source_group": {}}
    return SimpleNamespace(**{**empty, "prefix_list_id": None, **members})


def test_ranges_of_a_vpc_are_those_that_it_has_on_this_machine() -> None:
    network = VpcNetwork("vpc-1", "net", "10.0.0.0/16", "100.64.0.0/16", "100.64.0.2")
    backend = SimpleNamespace(
        managed_prefix_lists={"pl-1": SimpleNamespace(version=1, entries={1: [{"Cidr": "10.0.32.0/20"}]})}
    )

    def cidrs(**members: Any) -> tuple[str, ...]:
        found = records._rule(backend, network, record(**members))
        assert found is not None
        return found.cidrs

    assert cidrs(cidr_ipv4="10.0.16.0/20") == ("100.64.16.0/20",)
    assert cidrs(cidr_ipv4="10.0.0.0/8") == ("10.0.0.0/8", "100.64.0.0/16")
    assert cidrs(cidr_ipv4="192.0.2.1/32") == ("192.0.2.1/32",)
    assert cidrs(prefix_list_id="pl-1") == ("100.64.32.0/20",)
    assert records._rule(backend, network, record()) is None


@pytest.mark.parametrize(
    ("given", "expected"), [("6", "tcp"), ("TCP", "tcp"), ("17", "udp"), ("all", "-1"), ("-1", "-1"), ("050", "50")]
)
def test_other_spellings_of_protocols(given: str, expected: str) -> None:
    """A rule about port 80 of protocol 6 must not allow all ports of TCP."""
    network = VpcNetwork("vpc-1", "net", "10.0.0.0/16", "10.0.0.0/16", "10.0.0.2")
    found = records._rule(None, network, record(ip_protocol=given, cidr_ipv4="0.0.0.0/0"))
    assert found == Rule(expected, 80, 81, ("0.0.0.0/0",))


def test_interfaces_without_a_valid_address_are_in_no_group() -> None:
    """One of them in a group would make nft refuse the rulesets of all tasks that the group's rules concern."""
    network = VpcNetwork("vpc-1", "net", "10.0.0.0/16", "10.0.0.0/16", "10.0.0.2")
    subnet, group = SimpleNamespace(vpc_id="vpc-1"), SimpleNamespace(id="app")
    enis = {
        str(number): SimpleNamespace(
            id=str(number), subnet=subnet, private_ip_address=address, group_set=[group], description=""
        )
        for number, address in enumerate((None, "", "10.0.1", "10.0.1.4/24", "2001:db8::1", "10.0.1.4"))
    }
    found = records._interfaces(SimpleNamespace(enis=enis), network)
    assert found == {"10.0.1.4": Interface("10.0.1.4", frozenset({"app"}), "5")}


@pytest.mark.parametrize(
    "given",
    [
        {"ip_protocol": "foo"},
        {"ip_protocol": "256"},
        {"from_port": 81, "to_port": 80},
        {"from_port": 1, "to_port": 65536},
        {"ip_protocol": "icmp", "from_port": 256, "to_port": -1},
        {"cidr_ipv4": None},
        {"cidr_ipv4": "everywhere"},
    ],
)
def test_what_aws_refuses_allows_nothing(given: dict[str, Any]) -> None:
    network = VpcNetwork("vpc-1", "net", "10.0.0.0/16", "10.0.0.0/16", "10.0.0.2")
    assert records._rule(None, network, record(**{"cidr_ipv4": "0.0.0.0/0", **given})) is None


def test_tasks_that_share_an_interface_are_in_its_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task in bridge mode has the security groups of its instance, and nothing filters in its own namespace."""
    network = VpcNetwork("vpc-1", "net", "10.0.0.0/16", "10.0.0.0/16", "10.0.0.2")
    eni = SimpleNamespace(
        id="eni-1",
        subnet=SimpleNamespace(vpc_id="vpc-1"),
        private_ip_address="10.0.1.4",
        group_set=[SimpleNamespace(id="host")],
        description="instance",
    )
    backend = SimpleNamespace(enis={"eni-1": eni}, groups={"vpc-1": {}})
    monkeypatch.setattr(ec2, "owner_of_vpc", lambda vpc_id: backend)
    hosts = {"10.0.1.6": "10.0.1.4", "10.0.1.7": "10.0.1.9"}
    monkeypatch.setattr(records, "_guest_sources", [lambda vpc_id: hosts if vpc_id == "vpc-1" else {}])
    found = records.read(network)
    assert found.members("host") == ["10.0.1.4", "10.0.1.6"]
    assert set(found.interfaces) == {"10.0.1.4"}
    expected = "no ingress rule of app allows tcp 80 from 10.0.1.6 (instance: host)"
    assert denied.explain("ingress", "10.0.1.6", "tcp", 80, found, _APP) == expected


def test_the_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    filters = PacketFilters()
    assert filters.is_on
    monkeypatch.setenv("ENGINES_SECURITY_GROUPS", "off")
    assert not filters.is_on
    filters.open("container", "10.0.1.4")
    assert filters.denials() == []
    monkeypatch.setenv("ENGINES_SECURITY_GROUPS", "no")
    with pytest.raises(ValueError, match="can be enforce or off"):
        filters.start()
