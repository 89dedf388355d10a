"""Engine versions: which exist, which one a request gets, and what is said of another major version."""

from collections.abc import Iterator

import pytest

from localstack_engines.services.rds.control import versions
from localstack_engines.services.rds.engine import installation


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(installation, "version", lambda: (17, 6))
    versions._releases.cache_clear()
    versions.families.cache_clear()
    yield
    versions._releases.cache_clear()
    versions.families.cache_clear()


def test_versions_are_ordered_as_numbers() -> None:
    assert sorted(["17.11", "17.9", "17.10"], key=versions.order) == ["17.9", "17.10", "17.11"]


@pytest.mark.parametrize(
    ("engine", "asked", "full"),
    [
        ("postgres", None, "17.6"),
        ("postgres", "17", "17.6"),
        ("postgres", "17.7", None),
        ("postgres", "14", "14.22"),
        ("postgres", "11.3", None),
        ("postgres", "18.1", None),
        ("postgres", "10.4", None),
        ("aurora-postgresql", None, "17.9"),
        ("aurora-postgresql", "16.7", None),
        ("aurora-postgresql", "16.6", "16.6"),
    ],
)
def test_a_request_gets_a_version_that_aws_has(engine: str, asked: str | None, full: str | None) -> None:
    assert versions.resolve(engine, asked) == full


def test_each_major_version_has_a_family() -> None:
    assert versions.family("aurora-postgresql", "15.4") == "aurora-postgresql15"
    assert versions.families()["postgres11"] == ("postgres", 11)
    assert len(versions.families()) == 14


def test_a_note_says_what_runs_for_another_major_version_only() -> None:
    assert versions.substitute("postgres", "17.2") is None
    note = versions.substitute("aurora-postgresql", "15.4")
    assert note is not None
    assert note.startswith("aurora-postgresql 15.4 runs on PostgreSQL 17.6 locally.")
