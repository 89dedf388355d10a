"""A thread that runs scheduled actions in time, and follows activities until they end."""

import logging
import threading

from localstack_engines.services.applicationautoscaling.control.capacity import Capacity
from localstack_engines.services.applicationautoscaling.control.schedule import next_time
from localstack_engines.services.applicationautoscaling.models import SCHEDULED, ScheduledAction, now
from localstack_engines.services.applicationautoscaling.store import Store

LOG = logging.getLogger(__name__)

_FOLLOW_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 3600.0
"""No wait may be longer than threads can wait, and the machine's clock may be set meanwhile."""


class Timetable:
    """Waits for the next scheduled action. It wakes up every second only while an activity is in progress."""

    def __init__(self, store: Store, capacity: Capacity) -> None:
        self._store = store
        self._capacity = capacity
        self._changed = threading.Event()
        self._stopped = False

    def start(self) -> None:
        threading.Thread(target=self._run, name="application-autoscaling", daemon=True).start()

    def stop(self) -> None:
        self._stopped = True
        self._changed.set()

    def wake(self) -> None:
        """Notices new scheduled actions and activities."""
        self._changed.set()

    def plan(self, action: ScheduledAction) -> None:
        """Sets the action's next time. Raises InvalidSchedule."""
        start = action.start or action.created_at
        after = max(now(), start) if action.start else now()
        due = next_time(action.schedule, action.timezone, after, start)
        action.due = None if due and action.end and due > action.end else due

    def _run(self) -> None:
        while not self._stopped:
            self._changed.wait(self._pause())
            self._changed.clear()
            try:
                self._run_due()
                self._capacity.follow()
            except Exception:
                LOG.exception("scheduled actions")

    def _pause(self) -> float | None:
        """Returns the seconds until something has to be done; None when nothing is known."""
        if self._store.activities_in_progress():
            return _FOLLOW_SECONDS
        dues = [action.due for action in list(self._store.scheduled_actions.values()) if action.due]
        return min(max(0.0, (min(dues) - now()).total_seconds()), _LONGEST_PAUSE_SECONDS) if dues else None

    def _run_due(self) -> None:
        with self._store.lock:
            for action in list(self._store.scheduled_actions.values()):
                if action.due and action.due <= now():
                    # Before it runs: an action that fails must not be due again at once.
                    self.plan(action)
                    self._perform(action)

    def _perform(self, action: ScheduledAction) -> None:
        target = self._store.targets[action.key]
        if target.suspended.get(SCHEDULED):
            return
        target.minimum = action.change.get("MinCapacity", target.minimum)
        target.maximum = max(action.change.get("MaxCapacity", target.maximum), target.minimum)
        self._capacity.bring_within_limits(target)
