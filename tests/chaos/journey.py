"""Journeys of numbered patients: registration, booking, treatment. A journal holds what was acknowledged.

The clients repeat a request that got no answer, with the same Idempotency-Key.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from ops import settings
from ops.api import TRANSIENT
from ops.waiting import pauses
from tests.chaos.run import Run

RETRY_SECONDS = 120.0
_TIMEOUT_SECONDS = 10.0


@dataclass
class Journey:
    """The journey of one patient. An id is set when the gateway has acknowledged the step."""

    number: int
    email: str
    patient_id: str | None = None
    appointment_id: str | None = None
    completed: bool = False


@dataclass
class Journal:
    """The acknowledgements that the clients received."""

    journeys: list[Journey]
    violations: list[str] = field(default_factory=list)
    repeated: int = 0
    """Requests that had to be sent again."""

    @property
    def done(self) -> int:
        return sum(journey.completed for journey in self.journeys)


class Clients:
    """Several clients that make the journeys that are released. Without `visits` a journey is only a registration."""

    def __init__(self, run: Run, journeys: int, *, visits: bool = True, clients: int = 6) -> None:
        emails = [f"{run.prefix}.{number}@example.com" for number in range(journeys)]
        self.journal = Journal([Journey(number, email) for number, email in enumerate(emails)])
        self._run = run
        self._visits = visits
        self._todo: queue.SimpleQueue[Journey | None] = queue.SimpleQueue()
        self._waiting = iter(self.journal.journeys)
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def release(self, count: int) -> None:
        """Lets this many more journeys begin, or all that are left."""
        for journey in itertools.islice(self._waiting, count):
            self._todo.put(journey)

    def finish(self, seconds: float) -> None:
        """Releases the rest and waits until all have ended. Raises AssertionError after `seconds`."""
        self.release(len(self.journal.journeys))
        for _ in self._threads:
            self._todo.put(None)
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        assert not any(thread.is_alive() for thread in self._threads), f"not done in {seconds} s: {self.journal.done}"

    def _work(self) -> None:
        headers = {"authorization": f"Bearer {self._run.staff.token}"}
        with httpx.Client(base_url=settings.API_URL, headers=headers, timeout=_TIMEOUT_SECONDS) as http:
            while (journey := self._todo.get()) is not None:
                try:
                    self._walk(http, journey)
                except Exception as error:
                    self.journal.violations.append(f"journey {journey.number}: {type(error).__name__}: {error}")

    def _walk(self, http: httpx.Client, journey: Journey) -> None:
        patient = {"name": f"Number {_in_letters(journey.number)}", "email": journey.email, "dob": "1980-05-17"}
        key = f"{self._run.prefix}-{journey.number}"
        journey.patient_id = self._post(http, "/api/patients", f"{key}-patient", patient)["id"]
        if self._visits:
            self._visit(http, journey, key)
        journey.completed = True

    def _visit(self, http: httpx.Client, journey: Journey, key: str) -> None:
        slot = self._run.slot(journey.number)
        booking = {"patient_id": journey.patient_id, "doctor_id": slot.doctor_id, "date": slot.start.isoformat()}
        journey.appointment_id = self._post(http, "/appointments", f"{key}-visit", booking)["id"]
        self._complete(http, f"/appointments/{journey.appointment_id}")

    def _post(self, http: httpx.Client, path: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._until_answered(lambda: http.post(path, json=body, headers={"idempotency-key": key}))
        if answer.status_code != 201:
            raise AssertionError(f"POST {path}: {answer.status_code} {answer.text[:300]}")
        return dict(answer.json())

    def _complete(self, http: httpx.Client, path: str) -> None:
        """Completes a visit. The repetition of a successful request is a conflict, so then the status decides."""
        answer = self._until_answered(lambda: http.post(f"{path}/complete"))
        if answer.is_success:
            return
        seen = self._until_answered(lambda: http.get(path))
        if seen.json().get("status") != "COMPLETED":
            raise AssertionError(f"POST {path}/complete: {answer.status_code} {answer.text[:300]}")

    def _until_answered(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Repeats a request until its answer is final, and returns that. Raises AssertionError."""
        failure = ""
        for pause in pauses(RETRY_SECONDS):
            try:
                answer = send()
            except httpx.TransportError as error:
                failure = f"{type(error).__name__}: {error}"
            else:
                if not _is_transient(answer):
                    return answer
                failure = f"{answer.status_code} {answer.text[:200]}"
            self.journal.repeated += 1
            time.sleep(pause)
        raise AssertionError(f"no final answer within {RETRY_SECONDS} s; last: {failure}")


def _is_transient(answer: httpx.Response) -> bool:
    """Returns whether the client may repeat its request. A fault may also cause 500, or leave it in flight."""
    in_flight = answer.status_code == 409 and "request-in-flight" in answer.text
    return answer.status_code in (*TRANSIENT, 500) or in_flight


def _in_letters(number: int) -> str:
    """Returns a name for a number, because people's names have no digits."""
    return "".join("ABCDEFGHIJ"[int(digit)] for digit in f"{number:04d}").title()
