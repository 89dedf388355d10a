"""Which path a request takes out of a VPC, and when this is enforced."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from localstack_engines.network.endpoints import mode, records
from localstack_engines.network.endpoints.model import Caller, VpcEndpoint
from localstack_engines.network.endpoints.names import endpoint_service
from localstack_engines.network.endpoints.paths import path
from localstack_engines.network.endpoints.unreachable import Unreachable
from localstack_engines.network.security_groups.model import Group, Interface, Rule, Vpc

KMS, S3 = "com.amazonaws.us-east-1.kms", "com.amazonaws.us-east-1.s3"
NOWHERE = f"no endpoint {KMS} in vpc-1, and no route to the internet from subnet-1"
_ANY = Rule("tcp", 443, 443, ("0.0.0.0/0",))
_CALLER = Caller(
    name="task",
    address="10.0.1.4",
    groups=frozenset({"app"}),
    vpc_id="vpc-1",
    subnet_id="subnet-1",
    route_table="rtb-1",
    way_out="none",
    has_public_address=False,
)
_INTERFACE = VpcEndpoint(
    id="vpce-1",
    service=KMS,
    is_interface=True,
    has_private_dns=True,
    groups=frozenset({"apis"}),
    route_tables=frozenset(),
    policy="{}",
)
_GATEWAY = replace(
    _INTERFACE, id="vpce-2", service=S3, is_interface=False, groups=frozenset(), route_tables=frozenset({"rtb-1"})
)


def _vpc(egress: tuple[Rule, ...] = (_ANY,), ingress: tuple[Rule, ...] = (Rule("tcp", 443, 443, group="app"),)) -> Vpc:
    own = Interface(_CALLER.address, _CALLER.groups, _CALLER.name)
    groups = {"app": Group(egress=egress), "apis": Group(ingress=ingress)}
    return Vpc("10.0.0.0/16", "10.0.0.2", groups=groups, interfaces={own.address: own})


def test_without_endpoint_and_route_there_is_no_path() -> None:
    assert path(_CALLER, [_GATEWAY], KMS, _vpc()).problem == NOWHERE
    assert path(_CALLER, [_INTERFACE], KMS.replace("us-east-1", "eu-west-1"), _vpc()).problem


def test_an_interface_endpoint_needs_rules_of_both_sides() -> None:
    assert path(_CALLER, [_INTERFACE], KMS, _vpc()).problem == ""
    assert path(_CALLER, [_INTERFACE], KMS, _vpc(egress=())).problem == (
        f"no egress rule of app allows tcp 443 to the endpoint vpce-1 for {KMS} (apis)"
    )
    assert path(_CALLER, [_INTERFACE], KMS, _vpc(ingress=())).problem == (
        f"no ingress rule of the endpoint vpce-1 for {KMS} (apis) allows tcp 443 from 10.0.1.4 (app)"
    )
    by_range = _vpc((Rule("tcp", 443, 443, ("10.0.0.0/16",)),), (Rule("tcp", 443, 443, ("10.0.0.0/16",)),))
    assert path(_CALLER, [_INTERFACE], KMS, by_range).problem == ""
    other_port = Rule("tcp", 80, 80, group="app")
    assert path(_CALLER, [_INTERFACE], KMS, _vpc(ingress=(other_port,))).problem
    assert path(_CALLER, [_INTERFACE], KMS, None).problem == ""


def test_an_interface_endpoint_is_used_even_where_a_route_leads_out() -> None:
    """Its private DNS is what the API's name means in the VPC."""
    routed = replace(_CALLER, way_out="any address")
    assert "no ingress rule" in path(routed, [_INTERFACE], KMS, _vpc(ingress=())).problem
    without_dns = replace(_INTERFACE, has_private_dns=False)
    assert path(routed, [without_dns], KMS, _vpc(ingress=())).problem == ""
    assert path(_CALLER, [without_dns], KMS, _vpc()).problem == (
        f"no private DNS for the endpoint vpce-1 for {KMS}, and no route to the internet from subnet-1"
    )


def test_a_gateway_endpoint_is_in_the_route_table_of_the_subnet() -> None:
    assert path(_CALLER, [_GATEWAY], S3, _vpc()).problem == ""
    other = replace(_CALLER, route_table="rtb-2")
    assert path(other, [_GATEWAY], S3, _vpc()).problem == (
        f"no entry for the endpoint vpce-2 for {S3} in the route table rtb-2, "
        "and no route to the internet from subnet-1"
    )
    within = Rule("tcp", 443, 443, ("10.0.0.0/16",))
    assert path(_CALLER, [_GATEWAY], S3, _vpc(egress=(within,))).problem == (
        "no egress rule of app allows tcp 443 to public addresses"
    )


def test_an_internet_gateway_needs_a_public_address() -> None:
    public = replace(_CALLER, way_out="public address only")
    assert path(public, [], KMS, _vpc()).problem == (
        f"no endpoint {KMS} in vpc-1, and no public address for the internet gateway of subnet-1"
    )
    assert path(replace(public, has_public_address=True), [], KMS, _vpc()).problem == ""
    assert path(replace(_CALLER, way_out="any address"), [], KMS, _vpc()).problem == ""
    assert path(replace(_CALLER, way_out="any address"), [], KMS, _vpc(egress=())).problem


def test_the_policy_is_that_of_the_endpoint_that_is_used() -> None:
    assert path(_CALLER, [_INTERFACE], KMS, _vpc()).policy == "{}"
    assert path(_CALLER, [_GATEWAY], S3, _vpc()).policy == "{}"
    assert path(replace(_CALLER, way_out="any address"), [], KMS, _vpc()).policy is None


@pytest.mark.parametrize(
    ("prefix", "operation", "name"),
    [
        ("kms", "Sign", KMS),
        ("email", "SendEmail", "com.amazonaws.us-east-1.email"),
        ("monitoring", "PutMetricData", "com.amazonaws.us-east-1.monitoring"),
        ("api.ecr", "GetAuthorizationToken", "com.amazonaws.us-east-1.ecr.api"),
        ("iam", "GetRole", "com.amazonaws.iam"),
        ("servicediscovery", "DiscoverInstances", "com.amazonaws.us-east-1.data-servicediscovery"),
        ("servicediscovery", "ListServices", "com.amazonaws.us-east-1.servicediscovery"),
    ],
)
def test_names_of_services(prefix: str, operation: str, name: str) -> None:
    assert endpoint_service(prefix, "us-east-1", operation) == name


def test_the_tag_of_a_vpc_overrides_the_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    assert mode.mode() == "off"
    assert mode.is_enforced({mode.TAG: "enforce"})
    assert not mode.is_enforced({})
    monkeypatch.setenv("ENGINES_VPC_ENDPOINTS", "enforce")
    assert mode.is_enforced({mode.TAG: "else"})
    assert not mode.is_enforced({mode.TAG: "off"})
    monkeypatch.setenv("ENGINES_VPC_ENDPOINTS", "yes")
    with pytest.raises(ValueError, match="must be one of off, enforce"):
        mode.mode()


def test_requests_are_counted_by_caller_and_service() -> None:
    counted = Unreachable()
    for service in (KMS, S3, KMS):
        counted.add(_CALLER, service, "why")
    assert [(one.peer, one.packets) for one in counted.recent()] == [(S3, 1), (KMS, 2)]


def _route(**target: Any) -> SimpleNamespace:
    empty = dict.fromkeys(
        ("gateway", "nat_gateway", "transit_gateway", "instance", "interface", "carrier_gateway", "vpc_endpoint_id")
    )
    return SimpleNamespace(**{"destination_cidr_block": "0.0.0.0/0", **empty, **target})


def _table(name: str, *routes: SimpleNamespace, subnets: tuple[str, ...] = (), main: bool = False) -> SimpleNamespace:
    return SimpleNamespace(
        id=name,
        vpc_id="vpc-1",
        associations={f"assoc-{one}": one for one in subnets},
        main_association_id="assoc" if main else None,
        routes=dict(enumerate(routes)),
    )


@pytest.mark.parametrize(
    ("route", "way_out"),
    [
        (_route(gateway=SimpleNamespace(id="igw-1")), "public address only"),
        (_route(gateway=SimpleNamespace(id="vgw-1")), "any address"),
        (_route(transit_gateway=SimpleNamespace(id="tgw-1")), "any address"),
        (_route(nat_gateway=SimpleNamespace(state="available", connectivity_type="public")), "any address"),
        (_route(nat_gateway=SimpleNamespace(state="available", connectivity_type="private")), "none"),
        (_route(nat_gateway=SimpleNamespace(state="deleted", connectivity_type="public")), "none"),
        (_route(destination_cidr_block="10.0.0.0/16", gateway=SimpleNamespace(id="igw-1")), "none"),
        (_route(), "none"),
    ],
)
def test_the_default_route_of_the_subnets_table(route: SimpleNamespace, way_out: str) -> None:
    subnet = SimpleNamespace(id="subnet-1", vpc_id="vpc-1", default_for_az="false")
    tables = [_table("main", main=True), _table("own", route, subnets=("subnet-1",))]
    backend = SimpleNamespace(route_tables={one.id: one for one in tables})
    found = records.caller_in(
        backend, subnet, name="task", address="10.0.1.4", groups=frozenset(), has_public_address=False
    )
    assert (found.route_table, found.way_out) == ("own", way_out)
    del backend.route_tables["own"]
    assert records.caller_in(
        backend, subnet, name="task", address="10.0.1.4", groups=frozenset(), has_public_address=False
    ) == replace(found, route_table="main", way_out="none")
    subnet.default_for_az = "true"
    default = records.caller_in(
        backend, subnet, name="task", address="10.0.1.4", groups=frozenset(), has_public_address=False
    )
    assert default.way_out == "public address only"
