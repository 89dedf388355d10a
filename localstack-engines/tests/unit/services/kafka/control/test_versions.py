"""Versions of Kafka: which exist, and which upgrades MSK has."""

import pytest

from localstack_engines.services.kafka.control import versions


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "installed", lambda: "4.1.1")


def test_the_installed_release_is_the_newest_version() -> None:
    assert versions.available()[-1] == "4.1.x.kraft"
    assert len(set(versions.available())) == len(versions.available())


def test_an_upgrade_goes_up_and_keeps_the_mode() -> None:
    assert versions.targets("3.8.x") == ["3.9.x"]
    assert versions.targets("3.8.x.kraft") == ["3.9.x.kraft", "4.0.x.kraft", "4.1.x.kraft"]
    assert versions.targets("4.1.x.kraft") == []


def test_a_note_says_what_runs_unless_it_is_the_installed_release() -> None:
    assert versions.substitute("4.1.x.kraft") is None
    assert versions.substitute("2.8.1") == "Kafka 2.8.1 runs on Apache Kafka 4.1.1 in KRaft mode locally."
