"""Engine versions."""

from localstack_engines.services.rds.control.versions import order


def test_versions_are_ordered_as_numbers() -> None:
    assert sorted(["17.11", "17.9", "17.10"], key=order) == ["17.9", "17.10", "17.11"]
