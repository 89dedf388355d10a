"""Parameters: the values that a server accepts, and the server settings that follow from a group."""

import pytest

from localstack_engines.services.rds.control import parameters
from localstack_engines.services.rds.control.parameters import Parameter

CONNECTIONS = Parameter("max_connections", "integer", "postmaster", None, "1", "262143", (), "100", "")
STATEMENT = Parameter("log_statement", "enum", "superuser", None, None, None, ("none", "ddl", "all"), "none", "")
SCALE = Parameter("autovacuum_vacuum_scale_factor", "real", "sighup", None, "0", "100", (), "0.2", "")
JIT = Parameter("jit", "bool", "user", None, None, None, (), "on", "")
FSYNC = Parameter("fsync", "bool", "sighup", None, None, None, (), "on", "")


@pytest.mark.parametrize(
    ("parameter", "good", "bad"),
    [
        (CONNECTIONS, ["1", "50", "{DBInstanceClassMemory/9531392}"], ["0", "many", "1.5", "262144", ""]),
        (STATEMENT, ["ddl", "ALL"], ["some"]),
        (SCALE, ["0.5", "100"], ["-1", "x"]),
        (JIT, ["0", "1", "on", "OFF"], ["2", "maybe"]),
    ],
)
def test_accepted_values(parameter: Parameter, good: list[str], bad: list[str]) -> None:
    assert all(parameter.accepts(value) for value in good)
    assert not any(parameter.accepts(value) for value in bad)


def test_durability_cannot_be_switched_off() -> None:
    assert not FSYNC.modifiable
    assert CONNECTIONS.modifiable
    assert CONNECTIONS.static
    assert not SCALE.static


def test_server_settings_of_a_parameter_group(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {parameter.name: parameter for parameter in (CONNECTIONS, FSYNC, JIT, *parameters._RDS)}
    monkeypatch.setattr(parameters, "catalogue", lambda: known)
    chosen = {
        "max_connections": "50",
        "jit": "{DBInstanceClassMemory}",
        "fsync": "off",
        "rds.logical_replication": "1",
        "rds.force_ssl": "1",
        "unknown": "x",
    }
    assert parameters.server_settings(chosen) == {"max_connections": "50", "wal_level": "logical"}
    assert parameters.force_ssl(chosen)
    assert not parameters.force_ssl({})
