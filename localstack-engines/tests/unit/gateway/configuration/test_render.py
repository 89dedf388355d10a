"""The rendered configuration. No name that a caller chooses may become syntax."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_engines.gateway.configuration.expressions import Scope, UnknownExpression, compile_value
from localstack_engines.gateway.configuration.render import integration_backends, render
from localstack_engines.gateway.configuration.syntax import digest, name, quote
from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.model import (
    Api,
    Function,
    Gateway,
    JwtAuthorizer,
    Proxy,
    Route,
    Server,
    SigningKey,
    Stage,
    Throttle,
)

EDGE = Edge(edge_port=4566, gateway_address="127.0.0.1:4000", directory=Path("/edge"))
KEY = SigningKey(kid="k 1", pem="PEM")
JWT = JwtAuthorizer(
    id="api.jwt", source="$request.header.Authorization", issuer="https://i", audiences=("a",), keys=(KEY,)
)
PROXY = Proxy(id="int", upstream="u")


def gateway(*routes: Route, **stage: object) -> Gateway:
    api = Api(id="api", domain="api.example", stages=(Stage(name="$default", routes=routes, **stage),))  # type: ignore[arg-type]
    return Gateway(apis=(api,), servers={"u": (Server(address="10.0.0.1", port=80),)})


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x10FFFF, exclude_categories=["Cs"])))
def test_a_quoted_word_is_one_word(text: str) -> None:
    quoted = quote(text)
    # What HAProxy's tokenizer does: strong quotes, and backslashes outside of them.
    assert re.fullmatch(r"(?:'[^']*'|\\.)+", quoted)
    assert re.sub(r"'([^']*)'|\\(.)", lambda found: found[1] if found[1] is not None else found[2], quoted) == text


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "\0", "\x1f"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        quote(text)


def test_names_of_sections_are_safe_and_unique() -> None:
    assert name("api", "$default", "int") == "api.:default.int"
    assert name("a b") != name("a_b") != name("a/b")
    assert re.fullmatch(r"[\w.:-]+", name("a b", "ü"))


def test_a_key_is_chosen_by_the_digest_of_its_kid() -> None:
    rendered = render(EDGE, gateway(Route(id="r", key="GET /x", integration=PROXY, authorizer=JWT)))
    assert digest("k 1") in rendered.config
    assert "k 1" not in rendered.config
    assert "jku" not in rendered.config
    assert "PEM" in rendered.files.values()


def test_other_servers_change_nothing_else_in_the_configuration() -> None:
    before = gateway(Route(id="r", key="GET /x", integration=PROXY))
    after = replace(before, servers={"u": (Server(address="10.0.0.2", port=80),)})
    changed = set(render(EDGE, before).config.splitlines()) ^ set(render(EDGE, after).config.splitlines())
    assert changed == {"    server s10.0.0.1_80 10.0.0.1:80", "    server s10.0.0.2_80 10.0.0.2:80"}
    assert integration_backends(after) == {"u": [("api.:default.int", "")]}


def test_an_integration_with_path_variables_has_a_section_for_each_route() -> None:
    mapped = replace(PROXY, path="/{id}")
    routes = (
        Route(id="r1", key="GET /a/{id}", integration=mapped),
        Route(id="r2", key="GET /{id}", integration=mapped),
    )
    assert len(integration_backends(gateway(*routes))["u"]) == 2
    config = render(EDGE, gateway(*routes)).config
    assert "set-path '/%[var(txn.route_path),field(3,/)]'" in config
    assert "set-path '/%[var(txn.route_path),field(2,/)]'" in config


def test_clients_headers_are_removed_before_a_function_gets_the_gateways() -> None:
    config = render(
        EDGE, gateway(Route(id="r", key="GET /x", integration=Function(id="f", uri="arn", payload_version="2.0")))
    ).config
    section = config[config.index("backend api.:default.f") :]
    assert section.index("del-header x-engines- -m beg") < section.index("set-header x-engines-api")


def test_a_body_is_read_after_the_request_was_authorized() -> None:
    route = Route(id="r", key="POST /x", integration=PROXY, authorizer=JWT, throttle=Throttle(rate=10, burst=20))
    config = render(EDGE, gateway(route)).config
    edge = config[config.index("frontend edge") : config.index("backend successor")]
    assert edge.rindex("http-request return status 4") < edge.index("set-var(txn.backend) str(buffer)")


def test_only_the_plugin_states_what_the_rules_found_out() -> None:
    config = render(EDGE, gateway(Route(id="r", key="POST /x", integration=PROXY))).config
    leaving = config[config.index("backend buffer") : config.index("frontend buffered")]
    assert leaving.index("del-header x-engines- -m beg") < leaving.index("set-header x-engines-")
    for section in config.split("\n\n"):
        if "req.fhdr(x-engines-" in section:
            assert [line for line in section.splitlines() if " bind " in line] == [
                "    bind unix@/edge/buffered.sock mode 600 accept-proxy"
            ]
            assert section.rindex("req.fhdr(x-engines-") < section.index("del-header x-engines- -m beg")


def test_each_limit_has_a_table() -> None:
    limit = Throttle(rate=10, burst=20)
    config = render(EDGE, gateway(Route(id="r", key="GET /x", integration=PROXY, throttle=limit))).config
    assert "store gpc0_rate(2000ms)" in config
    assert "sc_gpc0_rate(0,throttle.10.20) ge 20" in config


def test_every_request_passes_when_there_are_no_apis() -> None:
    rendered = render(EDGE, Gateway())
    assert rendered.files == {}
    assert "http-request return" not in rendered.config


@pytest.mark.parametrize(
    ("value", "compiled"),
    [
        ("plain 100%", "plain 100%%"),
        ("$request.header.X-A", "%[req.fhdr(X-A)]"),
        ("a-${request.querystring.q}-b", "a-%[url_param(q)]-b"),
        ("$request.path.id", "%[var(txn.route_path),field(3,/)]"),
        ("$stageVariables.colour!", "50%% green!"),
        ("$context.authorizer.claims.sub", "%[var(txn.claims),json_query('$.sub')]"),
        ("$context.accountId", "123"),
    ],
)
def test_mapping_expressions_are_compiled(value: str, compiled: str) -> None:
    scope = Scope(path_variables={"id": (2, False)}, stage_variables={"colour": "50% green"}, account="123")
    if value.endswith("!"):
        value = "${stageVariables.colour}!"
    assert compile_value(value, scope) == compiled


@pytest.mark.parametrize(
    "value", ["$request.x", "$context.x", "$request.path.x", "$request.header.a)b", "$response.x.y"]
)
def test_unknown_expressions_are_refused(value: str) -> None:
    if value == "$request.header.a)b":
        value = "${request.header.a)b}"
    with pytest.raises(UnknownExpression):
        compile_value(value, Scope())


def test_no_list_becomes_one_line() -> None:
    keys = tuple(SigningKey(kid=f"k{number}", pem=f"PEM {number}") for number in range(100))
    many = replace(JWT, audiences=tuple(f"audience-{number}" for number in range(100)), keys=keys)
    route = Route(id="r", key="GET /x", integration=PROXY, authorizer=many)
    apis = tuple(
        Api(id=f"api{number}", domain=f"api{number}.example", stages=(Stage(name="$default", routes=(route,)),))
        for number in range(600)
    )
    rendered = render(EDGE, Gateway(apis=apis, servers={"u": ()}))
    # HAProxy refuses a line of more than 64 words.
    assert max(len(line.split()) for line in rendered.config.splitlines()) < 64
    assert rendered.files["domains.map"].count("\n") == 600
    assert sorted(text.count("\n") for name, text in rendered.files.items() if name.endswith(".lst")) == [100] * 3


def test_a_line_break_in_an_audience_is_refused() -> None:
    authorizer = replace(JWT, audiences=("a\nb",))
    with pytest.raises(ValueError, match="control character"):
        render(EDGE, gateway(Route(id="r", key="GET /x", integration=PROXY, authorizer=authorizer)))


def test_tls_for_an_api_comes_back_as_plain_text_and_other_tls_goes_on() -> None:
    config = render(replace(EDGE, certificate=Path("/edge/cert.pem")), gateway()).config
    edge = config[config.index("frontend edge") : config.index("\n\nbackend successor")]
    assert edge.index("use_backend apis_tls") < edge.index("use_backend localstack_tls")
    assert "bind unix@/edge/tls.sock mode 600 accept-proxy ssl crt /edge/cert.pem" in config
    assert "apis_tls" not in render(EDGE, gateway()).config


def test_an_address_that_no_api_has_is_answered_as_api_gateway_does() -> None:
    for found in (Gateway(), gateway(Route(id="r", key="GET /x", integration=PROXY))):
        assert "http-response return status 404" in render(EDGE, found).config


def test_programs_in_the_container_get_https_on_its_own_port_where_there_is_a_certificate() -> None:
    def binding(**options: object) -> bool:
        return "bind 127.0.0.1:443 ssl crt /edge/own.pem" in render(replace(EDGE, **options), Gateway()).config  # type: ignore[arg-type]

    certificate = Path("/edge/own.pem")
    assert binding(certificate=certificate, https_port=443)
    assert not binding(certificate=certificate)
    assert not binding(https_port=443)


def test_answers_of_an_apis_integration_are_not_taken_for_those_of_an_unknown_api() -> None:
    route = Route(id="r", key="GET /x", integration=PROXY)
    replacing = [line for line in render(EDGE, gateway(route)).config.splitlines() if "http-response return" in line]
    assert len(replacing) == 2
    for of_an_api in ("var(txn.api)", "res.hdr(x-amz-apigw-id)"):
        assert all(f"!{{ {of_an_api} -m found }}" in line for line in replacing)
