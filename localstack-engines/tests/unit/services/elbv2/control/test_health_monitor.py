"""The states of a target while it is checked."""

import socket
import threading
import time
from collections.abc import Callable

from localstack_engines.services.elbv2.control.health_monitor import HealthMonitor
from localstack_engines.services.elbv2.engine.health_check import Check
from localstack_engines.services.elbv2.models import Target


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_target_becomes_healthy_unhealthy_and_healthy_again() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    target = Target("127.0.0.1", port, "127.0.0.1")
    changes: list[str] = []
    check = Check(protocol="TCP", port=port, interval=0.02, timeout=1, healthy_after=3, unhealthy_after=2)
    monitor = HealthMonitor(target, check, lambda: changes.append(target.state))
    try:
        wait_for(lambda: target.state == "healthy")
        server.close()
        wait_for(lambda: target.state == "unhealthy")
        assert (target.reason, target.description) == ("Target.FailedHealthChecks", "Health checks failed")
        server = socket.create_server(("127.0.0.1", port))
        wait_for(lambda: target.state == "healthy")
        assert target.reason is None
    finally:
        monitor.stop()
        server.close()
    wait_for(lambda: changes == ["healthy", "unhealthy", "healthy"])


def test_a_new_target_has_time_to_start() -> None:
    """It is asked often, and only the failures at the interval count."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    target = Target("127.0.0.1", port, "127.0.0.1")
    healthy = threading.Event()
    check = Check(protocol="TCP", port=port, interval=30, timeout=1, unhealthy_after=2)
    monitor = HealthMonitor(target, check, healthy.set)
    try:
        assert not healthy.wait(0.2)
        assert target.state == "initial"
        with socket.create_server(("127.0.0.1", port)):
            assert healthy.wait(10)
        assert target.state == "healthy"
    finally:
        monitor.stop()
