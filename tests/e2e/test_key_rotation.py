"""`make rotate-keys` replaces the signing key of the running system, and no token is refused because of it."""

from __future__ import annotations

import subprocess
import sys
import time

import httpx

from lab.waiting import until
from ops import aws, settings
from ops.rotation.rotate import ALIASES
from ops.rotation.signing_keys import SigningKeys
from services.contracts.signing_keys import KEY_SET_REREAD_SECONDS
from tests.e2e.forged_tokens import Forger
from tests.e2e.tasks import ACCEPTED, Task, answers_to
from tests.support.people import Person, new_person

LISTS = {"appointment": "/appointments", "billing": "/api/billing/invoices", "notification": "/notifications"}
COOLDOWN_SECONDS = 30
"""For so long a service does not ask again for a key that it did not find."""


def rotate(*options: str) -> str:
    """Runs the command without its pauses. Returns what it prints."""
    command = [sys.executable, "-m", "ops", "rotate-keys", "--no-wait", *options]
    done = subprocess.run(
        command, cwd=settings.ROOT, env=settings.child_environment(), capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def key_of(person: Person) -> str:
    return str(Forger.of(person.token).header["kid"])


def wait_until_accepted(token: str, patients: Task) -> None:
    """Waits until the gateway and the service, over HTTP and gRPC, have the key of a token."""
    deadline = time.monotonic() + 3 * (KEY_SET_REREAD_SECONDS + COOLDOWN_SECONDS)
    while answers_to(f"Bearer {token}", patients).statuses != ACCEPTED:
        assert time.monotonic() < deadline, answers_to(f"Bearer {token}", patients)
        time.sleep(1)


def wait_until_known(token: str, url: str) -> None:
    """Waits until the service has the key of a token."""
    headers = {"authorization": f"Bearer {token}"}
    until(f"200 of {url}", lambda: httpx.get(url, params={"limit": 1}, headers=headers).status_code == 200)


def test_tokens_of_the_old_and_the_new_key_are_valid(
    anybody: httpx.Client, staff: Person, admin: Person, tasks: dict[str, Task]
) -> None:
    keys, patients = SigningKeys(aws.client("kms"), ALIASES), tasks["patient"]
    state = keys.state()
    if state.previous != state.current:  # an earlier run of this test; all people of this run have newer tokens
        rotate("--token-seconds=0")

    assert "sign with the new key" in rotate()
    old, new = key_of(staff), keys.next_key_id()
    with new_person(anybody) as person:
        assert key_of(person) == old != new
    published = {key["kid"] for key in anybody.get("/.well-known/jwks.json").json()["keys"]}
    assert old in published

    # The command waits six minutes for this. Nobody but this test has a token of the new key yet.
    token = Forger.of(staff.token).signed({"kid": new}, key=ALIASES.next)
    wait_until_accepted(token, patients)
    for service, path in LISTS.items():
        wait_until_known(token, tasks[service].url + path)

    assert "withdraw the old key" in rotate("--publication-seconds=0")
    with new_person(admin.http, roles=["STAFF"]) as person:
        assert key_of(person) == new
        assert answers_to(f"Bearer {person.token}", patients).statuses == ACCEPTED
    assert answers_to(f"Bearer {staff.token}", patients).statuses == ACCEPTED

    # Until its last token has expired, the old key stays where it is, however often the command runs.
    before = keys.state()
    assert "under way" in rotate()
    assert keys.state() == before
    assert {old, new} <= {key["kid"] for key in anybody.get("/.well-known/jwks.json").json()["keys"]}
