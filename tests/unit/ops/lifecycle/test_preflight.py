"""Each check of `make up` names the cause and the remedy when the machine does not fulfil it."""

import socket
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops import processes, settings
from ops.lifecycle import docker_engine, hosts, preflight
from ops.problems import Problem


@pytest.fixture
def no_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets every short command fail, as on a machine without Docker."""
    monkeypatch.setattr(processes, "output", lambda argv, timeout=30: None)


@pytest.fixture
def taken_port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setattr(settings, "EDGE_PORT", port)
        monkeypatch.setattr(settings, "ENGINE_PORTS", range(0))
        yield port


def test_a_taken_port_is_named(no_docker: None, taken_port: int) -> None:
    with pytest.raises(Problem, match=f"port {taken_port} on 127.0.0.1 is taken") as caught:
        preflight.ports()
    assert f"sport = :{taken_port}" in caught.value.remedy


def test_our_own_container_may_hold_the_port(monkeypatch: pytest.MonkeyPatch, taken_port: int) -> None:
    monkeypatch.setattr(processes, "output", lambda argv, timeout=30: "[{}]")
    assert "our own container" in preflight.ports()


def test_a_full_disk_is_reported_before_anything_is_built(no_docker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(preflight.shutil, "disk_usage", lambda place: usage(10 << 30, 9 << 30, 1 << 30))
    with pytest.raises(Problem, match=r"1\.0 GiB free") as caught:
        preflight.disk()
    assert "free some space" in caught.value.remedy


def test_a_node_that_does_not_run_is_reported(no_docker: None) -> None:
    with pytest.raises(Problem, match=r"Node\.js"):
        preflight.node()


def test_docker_is_missing_and_not_installable(no_docker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker_engine.shutil, "which", lambda name: None)
    monkeypatch.setattr(settings, "is_root", lambda: False)
    with pytest.raises(Problem, match=r"docker\.io.*not installable") as caught:
        docker_engine.ensure(lambda line: None)
    assert "apt-get install docker.io" in caught.value.remedy


def test_an_engine_that_the_user_may_not_start(no_docker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setattr(docker_engine, "missing_packages", list)
    monkeypatch.setattr(settings, "is_root", lambda: False)
    with pytest.raises(Problem, match="not running") as caught:
        docker_engine.ensure(lambda line: None)
    assert "make up" in caught.value.remedy


@pytest.fixture
def hosts_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "hosts"
    file.write_text("127.0.0.1 localhost\n10.0.0.1 printer")  # no newline at its end
    monkeypatch.setattr(hosts, "HOSTS", file)
    monkeypatch.setattr(hosts, "resolves", lambda name: name in file.read_text())
    return file


def test_the_hosts_file_gets_one_line_in_place(hosts_file: Path) -> None:
    inode = hosts_file.stat().st_ino
    assert hosts.add()
    assert hosts.add()
    assert hosts_file.read_text().splitlines() == ["127.0.0.1 localhost", "10.0.0.1 printer", hosts.LINE]
    assert hosts_file.stat().st_ino == inode  # a bind mount cannot be replaced
    hosts.remove()
    assert hosts_file.read_text().splitlines() == ["127.0.0.1 localhost", "10.0.0.1 printer"]
