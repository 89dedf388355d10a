"""Autoscaling of a service's tasks."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_ecs as ecs

from cdk_app.config import ServiceConfig

CPU_TARGET_PERCENT = 60
MEMORY_TARGET_PERCENT = 75


def scale_with_load(service: ecs.FargateService, size: ServiceConfig) -> None:
    """Keep processor and memory near their targets; quick to grow, slow to shrink."""
    scaling = service.auto_scale_task_count(min_capacity=size.desired, max_capacity=size.maximum)
    shrink, grow = Duration.minutes(5), Duration.minutes(1)
    scaling.scale_on_cpu_utilization(
        "Cpu", target_utilization_percent=CPU_TARGET_PERCENT, scale_in_cooldown=shrink, scale_out_cooldown=grow
    )
    scaling.scale_on_memory_utilization(
        "Memory", target_utilization_percent=MEMORY_TARGET_PERCENT, scale_in_cooldown=shrink, scale_out_cooldown=grow
    )
