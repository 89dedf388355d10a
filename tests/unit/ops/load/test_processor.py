"""A process's time counts for the part of the system that it belongs to."""

import os
import sys

import pytest

from ops.load import processor
from ops.load.cost import Spent
from ops.load.processor import Process

RUNNING = {
    1: Process(0, "systemd", 9.0),
    10: Process(1, "dockerd", 3.0),
    11: Process(10, "containerd", 1.0),
    12: Process(1, "containerd-shim", 0.5),
    20: Process(12, "tini", 0.0),
    21: Process(20, "python", 2.0),
    22: Process(21, "postgres", 0.25, "postgres\0-D\0/var/engines/rds/4511/data\0"),
    23: Process(22, "postgres", 4.0, "postgres: patient"),
    24: Process(21, "java", 5.0),
    30: Process(12, "python", 7.0),
    40: Process(1, "postgres", 100.0, "postgres\0-D\0/somebody/else/4511/data\0"),
}


def test_every_process_belongs_to_its_nearest_part() -> None:
    first = {20: processor.LOCALSTACK, 30: processor.container("patient")}
    first |= processor.inner_parts(RUNNING, set(first), {"patient": 4511, "billing": 4512})
    assert processor.used(RUNNING, first) == {
        "LocalStack": 2.0,
        "patient container": 7.0,
        "patient database": 4.25,
        "broker": 5.0,
        "Docker": 4.5,
    }


def test_the_kernels_figures_are_read() -> None:
    own = processor.snapshot(with_arguments=True)[os.getpid()]
    assert own.parent == os.getppid()
    assert own.seconds > 0
    assert sys.orig_argv[-1] in own.arguments


def test_the_cost_of_a_request_is_told_by_group() -> None:
    spent = Spent(
        {
            "patient container": 1.0,
            "patient database": 0.5,
            "billing container": 0.2,
            "auth container": 0.1,
            "billing database": 0.05,
            "LocalStack": -0.01,
            "Docker": 0.1,
        }
    )
    groups = spent.groups("patient", 100)
    assert groups["service"] == pytest.approx(10)
    assert groups["database"] == pytest.approx(5)
    assert groups["other containers"] == pytest.approx(3)
    assert groups["other databases"] == pytest.approx(0.5)
    assert groups["LocalStack"] == 0
    assert groups["broker"] != groups["broker"], "what is not known is not zero"
