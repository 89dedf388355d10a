"""Ports of engines: a purpose keeps its port, and an exhausted range is an error."""

import socket

import pytest

from localstack_engines.toolkit.ports import REGISTRY, NoPortLeft, PortRange


def free_range(length: int) -> range:
    """Returns a range of ports that are not in use."""
    for start in range(21000, 60000, 50):
        try:
            for port in range(start, start + length):
                with socket.socket() as probe:
                    probe.bind(("0.0.0.0", port))
        except OSError:
            continue
        return range(start, start + length)
    raise AssertionError("no free ports on this machine")


def test_the_registry_always_gets_the_first_port() -> None:
    ports = free_range(3)
    subject = PortRange(ports)
    assert subject.reserve("database") == ports[1]
    assert subject.reserve(REGISTRY) == ports[0]


def test_a_purpose_keeps_its_port() -> None:
    subject = PortRange(free_range(4))
    assert subject.reserve("database a") == subject.reserve("database a")
    assert subject.reserve("database a") != subject.reserve("database b")


def test_a_released_port_can_be_reserved_again() -> None:
    subject = PortRange(free_range(2))
    port = subject.reserve("first")
    with pytest.raises(NoPortLeft, match="no port left for second"):
        subject.reserve("second")
    subject.release(port)
    subject.release(port)
    assert subject.reserve("second") == port
    assert subject.taken() == {port: "second"}


def test_a_port_that_another_process_listens_on_is_not_reserved() -> None:
    ports = free_range(3)
    with socket.socket() as other:
        other.bind(("0.0.0.0", ports[1]))
        other.listen()
        assert PortRange(ports).reserve("database") == ports[2]
