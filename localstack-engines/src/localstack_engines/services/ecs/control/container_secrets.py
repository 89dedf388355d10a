"""Values of a container's secrets, from Secrets Manager or Parameter Store.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

_SECRET_ARN_PARTS = 7


class SecretUnavailable(Exception):
    """The secret cannot be read, or lacks what the reference asks for. The message is in ECS's words."""


@dataclass(frozen=True)
class Reference:
    """A parsed `valueFrom`. Optional parts that are empty are None."""

    service: str
    id: str
    region: str | None = None
    json_key: str | None = None
    stage: str | None = None
    version: str | None = None


def parse(value_from: str) -> Reference:
    """Parses `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME[:key:stage:version]`, or a parameter's ARN or name.

    Raises SecretUnavailable for the ARN of another service.
    """
    if not value_from.startswith("arn:"):
        return Reference("ssm", value_from)
    parts = value_from.split(":")
    service, region = parts[2], parts[3]
    if service == "secretsmanager":
        base, extra = parts[:_SECRET_ARN_PARTS], [part or None for part in parts[_SECRET_ARN_PARTS:]]
        json_key, stage, version = (extra + [None] * 3)[:3]
        return Reference(service, ":".join(base), region, json_key, stage, version)
    if service == "ssm":
        name = value_from.split(":parameter", 1)[1]
        # arn:...:parameter/name is the ARN of the parameter `name`. If the name is a path, it begins with a slash.
        return Reference(service, name if name.count("/") > 1 else name.removeprefix("/"), region)
    raise SecretUnavailable(f"invalid secret reference {value_from}")


def pick(text: str, reference: Reference) -> str:
    """Returns the secret's text, or the member of the JSON object in it that the reference names."""
    if reference.json_key is None:
        return text
    try:
        members = json.loads(text)
        value = members[reference.json_key]
    except (ValueError, TypeError, KeyError) as missing:
        raise SecretUnavailable(
            f"retrieved secret from Secrets Manager did not contain json key {reference.json_key}"
        ) from missing
    return value if isinstance(value, str) else json.dumps(value)


def resolve(secrets: list[dict[str, str]], client: Callable[[str, str | None], Any]) -> dict[str, str]:
    """Returns environment variables with the values of `secrets`. `client(service, region)` returns a boto3 client.

    Raises SecretUnavailable: a task must not start without its secrets.
    """
    texts: dict[tuple[Any, ...], str] = {}
    values = {}
    for secret in secrets:
        reference = parse(secret["valueFrom"])
        key = (reference.service, reference.id, reference.stage, reference.version)
        if key not in texts:
            texts[key] = _read(reference, client)
        values[secret["name"]] = pick(texts[key], reference)
    return values


def registry_credentials(secret: str, client: Callable[[str, str | None], Any]) -> dict[str, str]:
    """Returns the user name and password of a private registry, from a secret with the members of these names.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html. Raises SecretUnavailable.
    """
    reference = parse(secret) if secret.startswith("arn:") else Reference("secretsmanager", secret)
    text = _read(reference, client)
    return {member: pick(text, replace(reference, json_key=member)) for member in ("username", "password")}


def _read(reference: Reference, client: Callable[[str, str | None], Any]) -> str:
    try:
        api = client(reference.service, reference.region)
        if reference.service == "ssm":
            return str(api.get_parameter(Name=reference.id, WithDecryption=True)["Parameter"]["Value"])
        asked = {"SecretId": reference.id, "VersionStage": reference.stage, "VersionId": reference.version}
        return str(api.get_secret_value(**{k: v for k, v in asked.items() if v})["SecretString"])
    except Exception as error:
        where = "SSM Parameter Store" if reference.service == "ssm" else "asm"
        raise SecretUnavailable(
            f"unable to retrieve secret from {where}: service call has been retried 1 time(s): "
            f"failed to fetch secret {reference.id}: {error}"
        ) from error
