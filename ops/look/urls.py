"""The end of `make up`: the API answers, and what to do with it."""

import contextlib
import time

import httpx
from rich.console import Console
from rich.panel import Panel

from ops import aws, settings
from ops.lifecycle.steps import Report
from ops.problems import Problem

ANSWER_SECONDS = 60
ADMIN_SECRET = "pms/auth/admin"


def wait_until_it_answers(report: Report) -> None:
    """A sign-in and an authorised read through the gateway: every part of the system has to work for that."""
    deadline = time.monotonic() + ANSWER_SECONDS
    told = ""
    while time.monotonic() < deadline:
        told = _attempt()
        if not told:
            report.done("an authorised call came back")
            return
        report.detail(told)
        time.sleep(0.25)
    raise Problem(f"the system is deployed, but the API does not answer: {told}", "make status; make logs SERVICE=auth")


def _attempt() -> str:
    """Empty when the API works, else what is wrong."""
    try:
        token = sign_in()
        answer = httpx.get(
            f"{api_url()}/api/patients", params={"limit": 1}, headers={"authorization": f"Bearer {token}"}, timeout=10
        )
    except (httpx.HTTPError, KeyError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return "" if answer.status_code == 200 else f"GET /api/patients: {answer.status_code} {answer.text[:200]}"


def sign_in() -> str:
    """An access token of the first administrator."""
    admin = aws.secret(ADMIN_SECRET)
    credentials = {"username": admin["username"], "password": admin["password"]}
    answer = httpx.post(f"{api_url()}/auth/login", json=credentials, timeout=10)
    if answer.status_code != 200:
        raise ValueError(f"POST /auth/login: {answer.status_code} {answer.text[:200]}")
    return str(answer.json()["access_token"])


def api_url() -> str:
    """The API's address on this machine: needs no name in DNS."""
    return settings.API_URL


def show(console: Console) -> None:
    """Addresses, how to sign in, and three commands to try."""
    console.print(Panel(_text(), title="Patient Management System is up", border_style="green", expand=False))


TEMPLATE = """\
API        {api}
           {named}
docs page  {api}/docs
sign in    POST {api}/auth/login as {username}; the password:
           awslocal secretsmanager get-secret-value --secret-id {secret} --query SecretString --output text

try        . ops/activate     (puts awslocal and cdklocal on PATH; or: make shell)
           awslocal ecs list-services --cluster {cluster}
           awslocal rds describe-db-instances --query 'DBInstances[].[DBInstanceIdentifier,DBInstanceStatus]'
           awslocal logs tail /pms/auth --follow

then       make demo, make status, make logs SERVICE=patient, make kafka TOPIC=pms.patient.v1, make down"""


def _text() -> str:
    username = "admin"
    with contextlib.suppress(Exception):  # a summary must not fail because of one line in it
        username = aws.secret(ADMIN_SECRET)["username"]
    return TEMPLATE.format(
        api=api_url(),
        named=f"http://{settings.API_HOST}:{settings.EDGE_PORT}",
        username=username,
        secret=ADMIN_SECRET,
        cluster=settings.CLUSTER,
    )
