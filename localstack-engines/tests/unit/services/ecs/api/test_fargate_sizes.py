"""Task sizes of Fargate."""

import pytest

from localstack_engines.services.ecs.api.fargate_sizes import is_offered


@pytest.mark.parametrize(
    ("cpu", "memory", "expected"),
    [
        ("256", "512", True),
        ("1 vCPU", "2 GB", True),
        ("1024", "1024", False),
        ("300", "512", False),
        (None, "1", False),
    ],
)
def test_fargate_sizes(cpu: str | None, memory: str, expected: bool) -> None:
    assert is_offered(cpu, memory) is expected
