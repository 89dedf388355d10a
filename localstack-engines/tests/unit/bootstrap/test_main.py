"""The environment that LocalStack starts with."""

from pathlib import Path

import pytest

from localstack_engines.bootstrap import main


@pytest.fixture(autouse=True)
def edge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINES_EDGE_PORT", "7123")


def test_localstack_is_behind_haproxy_and_names_the_edge_port() -> None:
    environment: dict[str, str] = {}
    main.prepare_environment(environment)
    assert environment["GATEWAY_LISTEN"] == "127.0.0.1:4000"
    assert environment["LOCALSTACK_HOST"] == "localhost.localstack.cloud:7123"
    for service in ("CLOUDFORMATION", "DYNAMODB", "DYNAMODBSTREAMS", "KINESIS"):
        assert environment[f"PROVIDER_OVERRIDE_{service}"] == "engines"


def test_variables_of_the_operator_are_kept() -> None:
    environment = {"DNS_SERVER": "192.0.2.1", "CFN_PER_RESOURCE_TIMEOUT": "30"}
    main.prepare_environment(environment)
    assert environment["DNS_SERVER"] == "192.0.2.1"
    assert environment["CFN_PER_RESOURCE_TIMEOUT"] == "30"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("search example\nnameserver 192.0.2.53\nnameserver 192.0.2.54\n", "192.0.2.53"),
        ("nameserver 127.0.0.1\nnameserver 192.0.2.54\n", "192.0.2.54"),
        ("# nobody\noptions ndots:0\n", "127.0.0.11"),
    ],
)
def test_the_upstream_resolver_is_not_localstack_itself(tmp_path: Path, text: str, expected: str) -> None:
    resolv_conf = tmp_path / "resolv.conf"
    resolv_conf.write_text(text)
    assert main._name_server(resolv_conf) == expected


def test_without_a_resolver_file_docker_is_asked(tmp_path: Path) -> None:
    assert main._name_server(tmp_path / "none") == "127.0.0.11"
