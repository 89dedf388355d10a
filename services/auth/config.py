"""The settings of the auth service."""

from __future__ import annotations

from pydantic import Field, SecretStr

from services.common.settings import SealingSettings
from services.contracts.signing_keys import ACCESS_TOKEN_SECONDS


class AuthSettings(SealingSettings):
    """Adds lifetimes, the first ADMIN, hashing, the login back-off and new passwords. Durations are in seconds."""

    access_token_seconds: int = Field(
        default=ACCESS_TOKEN_SECONDS,
        description="Also how long a disabled or downgraded user may still have access to other services.",
    )
    refresh_token_seconds: int = 14 * 24 * 3600
    session_seconds: int = Field(default=90 * 24 * 3600, description="After this time the user must sign in again.")

    admin_username: str = Field(default="", description="The first ADMIN. If it is empty, none is created.")
    admin_password: SecretStr = SecretStr("")
    admin_email: str = "admin@clinic.example"

    # OWASP, Password Storage Cheat Sheet: argon2id with at least 19 MiB of memory, two iterations and one lane.
    argon2_memory_kib: int = 19 * 1024
    argon2_passes: int = 2
    hashing_slots: int = Field(
        default=2, description="How many hashes are computed at once. It bounds memory and CPU time."
    )
    hashing_queue: int = Field(
        default=100, description="How many requests may wait in each lane (`hashing_queue.Lane`). Others get 503."
    )
    hashing_wait_seconds: float = Field(default=10.0, description="A request that waits longer for a slot gets 503.")

    free_failures: int = Field(
        default=5, description="How many failed logins a username has from one address before it is blocked there."
    )
    free_account_failures: int = Field(
        default=100, description="The same from all addresses together, except for those where the user has signed in."
    )
    longest_backoff_seconds: int = Field(default=60, description="The longest time for which logins are blocked.")
    forget_failures_seconds: int = Field(default=900, description="After this time without a failure, none counts.")

    reset_code_seconds: int = Field(default=1800, description="How long a code for a new password is valid.")
    reset_pause_seconds: int = Field(
        default=60, description="How long a user gets no further code. Meanwhile the one that was sent stays valid."
    )
