"""Parameters: the values that a server accepts, and the server settings that follow from a group."""

import pytest

from localstack_engines.services.rds.control import parameters, versions
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


def test_a_family_has_the_parameters_that_only_its_older_major_version_has(monkeypatch: pytest.MonkeyPatch) -> None:
    families = {"postgres12": ("postgres", 12), "aurora-postgresql16": ("aurora-postgresql", 16)}
    monkeypatch.setattr(versions, "families", lambda: families)
    monkeypatch.setattr(parameters, "catalogue", lambda: {CONNECTIONS.name: CONNECTIONS})
    parameters.of_family.cache_clear()
    old, newer = parameters.of_family("postgres12"), parameters.of_family("aurora-postgresql16")
    parameters.of_family.cache_clear()
    assert {"max_connections", "wal_keep_segments", "old_snapshot_threshold"} <= old.keys()
    assert "wal_keep_segments" not in newer
    assert "old_snapshot_threshold" in newer


def test_a_successor_gets_the_value_of_a_retired_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    size = Parameter("wal_keep_size", "integer", "sighup", "MB", "0", "2147483647", (), "0", "")
    monkeypatch.setattr(parameters, "catalogue", lambda: {size.name: size})
    assert parameters.server_settings({"wal_keep_segments": "3"}) == {"wal_keep_size": "48"}
    assert parameters.server_settings({"wal_keep_segments": "3.0"}) == {"wal_keep_size": "48"}
    assert parameters.server_settings({"wal_keep_segments": "2147483647"}) == {"wal_keep_size": "2147483647"}
    assert parameters.server_settings({"wal_keep_segments": "3", "wal_keep_size": "64"}) == {"wal_keep_size": "64"}
    assert parameters.server_settings({"vacuum_cleanup_index_scale_factor": "0.2"}) == {}
