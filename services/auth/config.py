"""Settings of the auth service."""

from __future__ import annotations

from pydantic import Field, SecretStr

from services.common.settings import ServiceSettings


class AuthSettings(ServiceSettings):
    """Durations are in seconds."""

    signing_key_id: str = Field(default="alias/pms-signing", description="An RSA_2048 SIGN_VERIFY key in KMS.")
    access_token_seconds: int = Field(
        default=900, description="Also the bound within which a disabled or downgraded user loses access."
    )
    refresh_token_seconds: int = 14 * 24 * 3600
    session_seconds: int = Field(default=90 * 24 * 3600, description="After this a user signs in again, come what may.")

    admin_username: str = ""
    admin_password: SecretStr = SecretStr("")
    admin_email: str = "admin@clinic.example"

    # OWASP's password storage cheat sheet: argon2id with at least 19 MiB, two passes, one lane.
    argon2_memory_kib: int = 19 * 1024
    argon2_passes: int = 2
    hashing_slots: int = Field(default=2, description="Hashes computed at once: bounds memory and leaves CPU.")
    hashing_queue: int = Field(default=100, description="Logins that may wait for a slot; further ones get 503.")

    free_failures: int = Field(default=5, description="Wrong passwords before an account backs off.")
    longest_backoff_seconds: int = Field(default=60, description="No account is ever locked for good.")
    forget_failures_seconds: int = 900
