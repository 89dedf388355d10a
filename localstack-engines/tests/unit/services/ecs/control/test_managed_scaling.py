"""Managed scaling tends all instances, whatever becomes of one."""

from types import SimpleNamespace
from typing import Any

import pytest

from localstack_engines.services.ecs.control.managed_scaling import ManagedScaling


def test_a_failing_provider_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    instances = [
        SimpleNamespace(scope=None, capacity_provider=name, takes_tasks=True, ec2_instance_id=f"i-{name}")
        for name in ("broken", "sound")
    ]
    store: Any = SimpleNamespace(
        instances_of=lambda account, region: instances, provider=lambda scope, name: SimpleNamespace(name=name)
    )
    tended = []

    def protect(self: ManagedScaling, provider: Any, instance: Any) -> None:
        if provider.name == "broken":
            raise LookupError("no such group")
        tended.append(provider.name)

    monkeypatch.setattr(ManagedScaling, "_protect", protect)
    monkeypatch.setattr(ManagedScaling, "_shrink", lambda *_: None)
    ManagedScaling(store).tend("000000000000", "us-east-1")
    assert tended == ["sound"]
