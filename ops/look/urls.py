"""`make urls`, and the last lines of `make up`: addresses, how to sign in, and commands to try."""

import contextlib

from rich.console import Console
from rich.panel import Panel

from ops import api, settings

TEMPLATE = """\
API        {api}
           {named}
docs page  {api}/docs
sign in    POST {api}/auth/login as {username}; the password:
           awslocal secretsmanager get-secret-value --secret-id {secret} --query SecretString --output text

try        . ops/activate     (puts awslocal and cdklocal on PATH; or: make shell)
           awslocal ecs list-services --cluster {cluster}
           awslocal rds describe-db-instances --query 'DBInstances[].[DBInstanceIdentifier,DBInstanceStatus]'
           awslocal logs tail /{cluster}/auth --follow

then       make demo, make status, make logs SERVICE=patient, make kafka TOPIC=pms.patient.v1, make down"""


def show(console: Console) -> None:
    """Prints the addresses."""
    console.print(Panel(_text(), title="Patient Management System is up", border_style="green", expand=False))


def _text() -> str:
    username = "admin"
    with contextlib.suppress(Exception):  # the other lines are of use even when the secret cannot be read
        username = api.administrator().username
    return TEMPLATE.format(
        api=settings.API_URL,
        named=f"http://{settings.API_HOST}:{settings.EDGE_PORT}",
        username=username,
        secret=api.ADMIN_SECRET,
        cluster=settings.CLUSTER,
    )
