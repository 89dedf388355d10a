"""Autoscaling of a service's tasks."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_ecs as ecs

CPU_TARGET_PERCENT = 60
MEMORY_TARGET_PERCENT = 75
SCALE_OUT_COOLDOWN = Duration.minutes(1)
SCALE_IN_COOLDOWN = Duration.minutes(5)


def add_autoscaling(service: ecs.FargateService, *, min_count: int, max_count: int) -> None:
    """Keeps the use of processor and memory near their targets, with `min_count` to `max_count` tasks."""
    scaling = service.auto_scale_task_count(min_capacity=min_count, max_capacity=max_count)
    scaling.scale_on_cpu_utilization(
        "Cpu",
        target_utilization_percent=CPU_TARGET_PERCENT,
        scale_in_cooldown=SCALE_IN_COOLDOWN,
        scale_out_cooldown=SCALE_OUT_COOLDOWN,
    )
    scaling.scale_on_memory_utilization(
        "Memory",
        target_utilization_percent=MEMORY_TARGET_PERCENT,
        scale_in_cooldown=SCALE_IN_COOLDOWN,
        scale_out_cooldown=SCALE_OUT_COOLDOWN,
    )
