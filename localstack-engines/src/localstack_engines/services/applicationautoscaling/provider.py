"""The Application Auto Scaling service: its parts, put together."""

from localstack.services.plugins import Service

from localstack_engines.metrics import alarm_actions
from localstack_engines.services.applicationautoscaling.api.activities import ActivityOperations
from localstack_engines.services.applicationautoscaling.api.policies import PolicyOperations
from localstack_engines.services.applicationautoscaling.api.scheduled_actions import ScheduledActionOperations
from localstack_engines.services.applicationautoscaling.api.targets import TargetOperations
from localstack_engines.services.applicationautoscaling.control.capacity import Capacity
from localstack_engines.services.applicationautoscaling.control.scaler import Scaler
from localstack_engines.services.applicationautoscaling.control.timetable import Timetable
from localstack_engines.services.applicationautoscaling.store import Store
from localstack_engines.services.applicationautoscaling.support import SUPPORT
from localstack_engines.toolkit.dispatch import make_service


class ApplicationAutoScalingProvider(ActivityOperations, PolicyOperations, ScheduledActionOperations, TargetOperations):
    """The operations of the Application Auto Scaling API."""

    def __init__(self) -> None:
        store = Store()
        capacity = Capacity(store)
        super().__init__(store, capacity, Timetable(store, capacity))
        self._scaler = Scaler(store, capacity)

    def on_before_start(self) -> None:
        self.timetable.start()
        alarm_actions.handle("autoscaling", self._run_policy)

    def on_before_stop(self) -> None:
        self.timetable.stop()

    def _run_policy(self, arn: str, signal: alarm_actions.Signal) -> None:
        self._scaler.run(arn, signal)
        self.timetable.wake()


def service() -> Service:
    """Returns the service for LocalStack."""
    return make_service("application-autoscaling", ApplicationAutoScalingProvider(), SUPPORT)
