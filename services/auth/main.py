"""The auth service."""

from services.auth import components
from services.auth.config import AuthSettings
from services.auth.controller import accounts, sessions
from services.common.web.app import create_app
from services.contracts import topics

app = create_app(
    "auth",
    title="Accounts and sessions",
    settings=AuthSettings,
    routers=[sessions.router, accounts.router],
    compose=components.compose,
    topics=[topics.USER],
    keys=components.signing_key,
)
