"""The deletion of an instance."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from localstack_engines.services.rds.control.instance_manager import InstanceManager
from localstack_engines.services.rds.engine.postgres import PostgresServer, ServerSpec, SqlError
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit import ports


def test_a_standby_goes_also_when_its_primary_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    event_logs: Any = SimpleNamespace(of=lambda *_: SimpleNamespace(record=lambda *_: None))
    manager = InstanceManager(event_logs)

    def instance(name: str, port: int, primary: Instance | None = None) -> Instance:
        spec = ServerSpec(name=name, port=port, owner="o", directory=tmp_path / name, sockets=tmp_path)
        made = Instance(("1", "x", name), PostgresServer(spec), "o", primary=primary)
        manager._instances[made.key] = made
        return made

    def refuse(*_: object) -> None:
        raise SqlError("the database system is shutting down")

    released: list[int] = []
    monkeypatch.setattr(PostgresServer, "leave", refuse)
    monkeypatch.setattr(ports, "release", released.append)
    standby = instance("standby", 2, instance("primary", 1))
    manager.delete(standby, None)
    assert manager.get(standby.key) is None
    assert released == [2]
