"""Numbered journeys through the system: registered, booked, treated. What was acknowledged is written down.

A client does what any careful client does: it repeats a request that got no answer, with the same Idempotency-Key.
"""

from __future__ import annotations

import itertools
import queue
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from ops import settings
from tests.chaos.run import Clinic

PATIENCE_SECONDS = 120.0
_TIMEOUT_SECONDS = 10.0


@dataclass
class Journey:
    """One patient's. An id is there when the gateway has acknowledged the step."""

    number: int
    email: str
    patient_id: str | None = None
    appointment_id: str | None = None
    completed: bool = False


@dataclass
class Journal:
    """What the clients were told."""

    journeys: list[Journey]
    violations: list[str] = field(default_factory=list)
    repeated: int = 0
    """Requests that had to be sent again."""

    @property
    def done(self) -> int:
        return sum(journey.completed for journey in self.journeys)


class Clients:
    """Several clients that work off the journeys as these are released; a journey may end with the registration."""

    def __init__(self, clinic: Clinic, journeys: int, *, visits: bool = True, clients: int = 6) -> None:
        emails = [f"{clinic.run}.{number}@example.com" for number in range(journeys)]
        self.journal = Journal([Journey(number, email) for number, email in enumerate(emails)])
        self._clinic = clinic
        self._visits = visits
        self._todo: queue.SimpleQueue[Journey | None] = queue.SimpleQueue()
        self._waiting = iter(self.journal.journeys)
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def release(self, count: int) -> None:
        """Lets so many more journeys begin (fewer, when no more are left)."""
        for journey in itertools.islice(self._waiting, count):
            self._todo.put(journey)

    def finish(self, seconds: float) -> None:
        """Releases the rest and waits until all have ended."""
        self.release(len(self.journal.journeys))
        for _ in self._threads:
            self._todo.put(None)
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        assert not any(thread.is_alive() for thread in self._threads), f"not done in {seconds} s: {self.journal.done}"

    def _work(self) -> None:
        headers = {"authorization": f"Bearer {self._clinic.staff.token}"}
        with httpx.Client(base_url=settings.API_URL, headers=headers, timeout=_TIMEOUT_SECONDS) as http:
            while (journey := self._todo.get()) is not None:
                try:
                    self._walk(http, journey)
                except Exception as error:
                    self.journal.violations.append(f"journey {journey.number}: {type(error).__name__}: {error}")

    def _walk(self, http: httpx.Client, journey: Journey) -> None:
        patient = {"name": f"Number {_in_letters(journey.number)}", "email": journey.email, "dob": "1980-05-17"}
        key = f"{self._clinic.run}-{journey.number}"
        journey.patient_id = self._post(http, "/api/patients", f"{key}-patient", patient)["id"]
        if self._visits:
            self._visit(http, journey, key)
        journey.completed = True

    def _visit(self, http: httpx.Client, journey: Journey, key: str) -> None:
        slot = self._clinic.slot(journey.number)
        booking = {"patient_id": journey.patient_id, "doctor_id": slot.doctor_id, "date": slot.start.isoformat()}
        journey.appointment_id = self._post(http, "/appointments", f"{key}-visit", booking)["id"]
        self._complete(http, f"/appointments/{journey.appointment_id}")

    def _post(self, http: httpx.Client, path: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._until_answered(lambda: http.post(path, json=body, headers={"idempotency-key": key}))
        if answer.status_code != 201:
            raise AssertionError(f"POST {path}: {answer.status_code} {answer.text[:300]}")
        return dict(answer.json())

    def _complete(self, http: httpx.Client, path: str) -> None:
        """Completing twice is a conflict, so after an answer that got lost the state tells."""
        answer = self._until_answered(lambda: http.post(f"{path}/complete"))
        if answer.is_success:
            return
        seen = self._until_answered(lambda: http.get(path))
        if seen.json().get("status") != "COMPLETED":
            raise AssertionError(f"POST {path}/complete: {answer.status_code} {answer.text[:300]}")

    def _until_answered(self, ask: Any) -> httpx.Response:
        """The first answer that is not "try again"."""
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.1
        while True:
            seen = "no answer"
            try:
                answer: httpx.Response = ask()
                if not _is_transient(answer):
                    return answer
                seen = f"{answer.status_code} {answer.text[:200]}"
            except httpx.TransportError as error:
                seen = f"{type(error).__name__}: {error}"
            if time.monotonic() > deadline:
                raise AssertionError(f"not in {PATIENCE_SECONDS} s; last: {seen}")
            self.journal.repeated += 1
            time.sleep(pause + random.uniform(0, pause))
            pause = min(2 * pause, 2.0)


def _is_transient(answer: httpx.Response) -> bool:
    """What a client may repeat: no server there, too many requests, or the same request still being worked on."""
    in_flight = answer.status_code == 409 and "request-in-flight" in answer.text
    return answer.status_code in (429, 500, 502, 503, 504) or in_flight


def _in_letters(number: int) -> str:
    """A name out of a number: people's names have no digits."""
    return "".join("ABCDEFGHIJ"[int(digit)] for digit in f"{number:04d}").title()
