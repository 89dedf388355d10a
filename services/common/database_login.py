"""How a service logs in to PostgreSQL: with a password or a token of IAM, and over which TLS."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from urllib.parse import quote

from services.common.aws import presigned
from services.common.settings import ServiceSettings

TOKEN_SECONDS = 900
"""How long a token may be used to log in. A connection outlives it (RDS User Guide, "IAM database authentication")."""


def password(settings: ServiceSettings) -> str | Callable[[], Awaitable[str]]:
    """Returns the password; or a function that asyncpg calls for each new connection, because a token expires.

    The function raises OSError when the task has no credentials to sign with at the moment.
    """
    if not settings.database_iam:
        return settings.database_password.get_secret_value()
    return lambda: asyncio.to_thread(_token, settings)


def _token(settings: ServiceSettings) -> str:
    """Returns a request for `rds-db:connect`, signed with the task's role, without its scheme."""
    from botocore.exceptions import BotoCoreError

    server = f"{settings.database_host}:{settings.database_port}"
    connect = f"https://{server}/?Action=connect&DBUser={quote(settings.database_username, safe='')}"
    try:
        return presigned(connect, "rds-db", settings.aws_region, TOKEN_SECONDS).removeprefix("https://")
    except BotoCoreError as error:
        # To callers it is the same as a server that is away: they answer 503, and loops try again.
        raise ConnectionError(f"no token for the database: {type(error).__name__}") from error


def tls(settings: ServiceSettings) -> ssl.SSLContext | str:
    """Returns asyncpg's `ssl`. `verify-full` checks the server's certificate and its name."""
    if settings.database_ssl == "verify-full":
        return _verifying(settings.database_ca_file)
    return settings.database_ssl


@cache
def _verifying(authorities: Path) -> ssl.SSLContext:
    # The system's authorities stay: SSL_CERT_FILE adds an operator's own one, for instance LocalStack's.
    context = ssl.create_default_context()
    context.load_verify_locations(authorities)
    return context
