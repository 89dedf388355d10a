"""The last step of `make up`: the API answers."""

import httpx

from ops import api
from ops.lifecycle.steps import Report
from ops.problems import Problem
from ops.waiting import polls

READY_SECONDS = 60
_POLL_SECONDS = 0.25
_TIMEOUT_SECONDS = 10


def wait_until_api_answers(report: Report) -> None:
    """Waits for a sign-in and an authorised read through the gateway, which need every part of the system.

    Raises Problem.
    """
    failure = ""
    for _ in polls(READY_SECONDS, _POLL_SECONDS):
        failure = _attempt()
        if not failure:
            report.done("an authorised request succeeded")
            return
        report.detail(failure)
    raise Problem(
        f"the system is deployed, but the API does not work: {failure}", "make status; make logs SERVICE=auth"
    )


def _attempt() -> str:
    """Returns what is wrong, or an empty string when the API works."""
    try:
        with api.client(timeout=_TIMEOUT_SECONDS) as http:
            token = api.sign_in(http, api.administrator())["access_token"]
            headers = {"authorization": f"Bearer {token}"}
            answer = http.get("/api/patients", params={"limit": 1}, headers=headers)
    except (httpx.HTTPError, KeyError, ValueError, api.UnexpectedAnswer) as error:
        return f"{type(error).__name__}: {error}"
    return "" if answer.status_code == 200 else f"GET /api/patients: {answer.status_code} {answer.text[:200]}"
