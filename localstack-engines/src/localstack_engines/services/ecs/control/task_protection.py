"""The protection of tasks from being stopped by their service.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
"""

from datetime import timedelta

from localstack_engines.services.ecs.control.scheduler import Scheduler
from localstack_engines.services.ecs.deployment_models import now
from localstack_engines.services.ecs.models import Task

DEFAULT_MINUTES = 120
MOST_MINUTES = 2880


def protect(task: Task, scheduler: Scheduler, enabled: bool, minutes: int) -> None:
    """Protects the task for so many minutes, or no longer. When it is over, its service may stop the task."""
    task.protected_until = now() + timedelta(minutes=minutes) if enabled else None
    scheduler.wake_service_of(task, minutes * 60 if enabled else 0.0)
