"""The settings of a service, read from environment variables. Services subclass `ServiceSettings`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Literal, Self
from urllib.parse import quote

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class KafkaSecurity(StrEnum):
    """How the service authenticates to the brokers. MSK has a bootstrap string for each."""

    PLAINTEXT = "PLAINTEXT"
    TLS = "TLS"
    SASL_IAM = "SASL_IAM"


class ServiceSettings(BaseSettings):
    """Settings that all services share. The field `http_port` is read from the variable `HTTP_PORT`."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    service_name: str = "service"
    service_version: str = "0"
    stage: str = "local"
    log_level: str = "INFO"

    http_port: int = 8080
    grpc_port: int = 50051
    drain_seconds: float = Field(
        default=2.0,
        description="How long a stopping service still accepts connections, until load balancers have noticed.",
    )
    shutdown_seconds: int = Field(default=20, description="For requests in flight; below the task's stopTimeout of 30.")

    database_host: str = "localhost"
    database_port: int = 5432
    database_name: str = "postgres"
    database_username: str = "postgres"
    database_password: SecretStr = SecretStr("")
    database_iam: bool = Field(
        default=False, description="Whether the role logs in with a token of IAM instead of the password."
    )
    database_ssl: Literal["prefer", "verify-full"] = Field(default="prefer", description="libpq's sslmode.")
    database_ca_file: Path = Field(
        default=Path(__file__).parent / "rds-ca-bundle.pem",
        description="The authorities that `verify-full` trusts in addition to those of the system (PEM).",
    )
    database_pool_size: int = 10
    database_start_seconds: float = Field(default=60.0, description="How long start-up waits for the database.")
    statement_seconds: float = Field(default=15.0, description="PostgreSQL's statement_timeout.")

    kafka_cluster_arn: str = ""
    kafka_bootstrap_servers: str = Field(default="", description="Used instead of asking MSK.")
    kafka_security: KafkaSecurity = KafkaSecurity.PLAINTEXT
    kafka_replication_factor: int = Field(default=3, description="Capped by the number of brokers.")

    aws_region: str = "us-east-1"

    jwt_issuer: str = "http://localhost:4566"
    jwt_audience: str = "pms"
    signing_key_alias: str = Field(
        default="alias/pms-signing",
        description="The alias of the KMS key that signs tokens: RSA_2048, for SIGN_VERIFY. The aliases `-next` and "
        "`-previous` belong to it (`contracts/signing_keys.py`).",
    )
    jwks_url: str = Field(default="", description="A published key set that is used instead of the keys in KMS.")

    audit_key_id: str = Field(
        default="", description="The KMS key that signs anchors: ECC_NIST_P256. If it is empty, nothing is anchored."
    )
    audit_log_group: str = Field(default="", description="The log group in CloudWatch Logs that keeps the anchors.")
    audit_keep_days: int = Field(default=7, description="How long it keeps them.")
    audit_anchor_seconds: float = Field(default=60.0, description="How often a new head is anchored.")

    idempotency_wait_seconds: float = 5.0
    idempotency_keep_hours: int = 24
    outbox_keep_hours: int = 24 * 7

    max_body_bytes: int = Field(default=10 * 1024 * 1024, description="The limit of API Gateway's HTTP APIs.")
    body_seconds: float = Field(default=20.0, description="A body that takes longer to arrive is answered with 408.")
    request_seconds: float = Field(
        default=25.0, description="A request that takes longer is ended with 503; below the gateway's 30 s."
    )
    max_requests: int = Field(default=500, description="How many requests may be in progress. Others get 503.")

    @model_validator(mode="after")
    def _tokens_go_to_a_verified_server_only(self) -> Self:
        # PostgreSQL asks for a token as for a password in plain text, so whoever poses as the server would have it.
        if self.database_iam and self.database_ssl != "verify-full":
            raise ValueError("DATABASE_IAM needs DATABASE_SSL=verify-full")
        return self

    @property
    def database_url(self) -> str:
        """SQLAlchemy's URL. It contains the password, so it must not be logged."""
        user = quote(self.database_username, safe="")
        password = quote(self.database_password.get_secret_value(), safe="")
        return f"postgresql+asyncpg://{user}:{password}@{self.database_host}:{self.database_port}/{self.database_name}"


class SealingSettings(ServiceSettings):
    """Adds SEALING_KEY_ID to the settings of every service."""

    sealing_key_id: str = Field(
        default="alias/pms-sealing",
        description="The KMS key that encrypts secrets on their way between two services: SYMMETRIC_DEFAULT.",
    )
