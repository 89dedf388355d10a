"""The auth service."""

from services.auth import composition
from services.auth.config import AuthSettings
from services.auth.controller import accounts, passwords, sessions
from services.common.web.app import create_app
from services.contracts import topics

app = create_app(
    "auth",
    title="Accounts and sessions",
    settings=AuthSettings,
    routers=[sessions.router, passwords.router, accounts.router],
    compose=composition.compose,
    topics=[topics.USER],
    keys=composition.signing_keys,
)
