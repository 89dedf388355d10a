"""Nobody's data reaches a log: canary values in every field, then none of them in any log."""

import subprocess
from collections.abc import Iterator

import httpx

from ops import aws, settings
from tests.e2e.api import Person, new_patient, unique
from tests.e2e.waiting import until


def all_messages() -> Iterator[str]:
    """Every log event of every group, and what the LocalStack container itself printed."""
    logs = aws.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            for events in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
                yield from (event["message"] for event in events["events"])
    done = subprocess.run(["docker", "logs", settings.CONTAINER], capture_output=True, text=True, check=True)
    yield from (done.stdout + done.stderr).splitlines()


def test_canaries_never_reach_a_log_line(anybody: httpx.Client, staff: Person) -> None:
    username, password, name, reason = (
        unique("canaryuser"),
        unique("Canary-pass-1-"),
        unique("Canaryname "),
        unique("canarybad"),
    )
    account = {"username": username, "password": password, "email": f"{username}@example.com", "full_name": name}
    assert anybody.post("/auth/register", json=account).status_code == 201
    tokens = anybody.post("/auth/login", json={"username": username, "password": password}).json()
    anybody.post("/auth/login", json={"username": username, "password": password + "x"})
    created = staff.http.post("/api/patients", json=new_patient(name=name, address=reason))
    assert created.status_code == 201, created.text
    staff.http.get("/api/patients", params={"q": name})
    staff.http.post("/api/patients", json={"name": name, "email": reason, "dob": reason, "extra": reason})
    staff.http.put(f"/api/patients/{created.json()['id']}", json={"name": [name]})

    marker = created.json()["id"]
    until(
        "the requests are logged", lambda: any("/api/patients" in line or marker in line for line in all_messages()), 20
    )
    canaries = [password, name.split()[1], reason, tokens["access_token"], tokens["refresh_token"], staff.token]
    found = [(canary, line[:300]) for line in all_messages() for canary in canaries if canary in line]
    assert found == []
