"""The listeners that follow from a cluster's encryption and authentication.

Source: https://docs.aws.amazon.com/msk/latest/developerguide/msk-update-security.html
"""

from typing import Any

from localstack_engines.services.kafka.engine import listeners as engine
from localstack_engines.services.kafka.engine.listeners import Listener
from localstack_engines.services.kafka.errors import bad_request, not_supported


def listeners(provisioned: dict[str, Any]) -> tuple[Listener, ...]:
    """Returns the listeners of a cluster. Raises BadRequestException when its settings do not fit together.

    The default is TLS without authentication.
    """
    encryption = (provisioned.get("EncryptionInfo") or {}).get("EncryptionInTransit") or {}
    transit = encryption.get("ClientBroker") or "TLS"
    authentication = provisioned.get("ClientAuthentication") or {}
    if _enabled(authentication, "Tls"):
        raise not_supported("TLS client authentication")
    sasl = authentication.get("Sasl") or {}
    found = [listener for name, listener in _SASL.items() if _enabled(sasl, name)]
    if found and transit == "PLAINTEXT":
        raise bad_request(
            "You can't enable SASL client authentication when encryption in transit is PLAINTEXT.", "encryptionInfo"
        )
    # MSK turns unauthenticated access on only where nothing else is asked for.
    anonymous = (authentication.get("Unauthenticated") or {}).get("Enabled")
    if anonymous or (anonymous is None and not found):
        found = [*_UNAUTHENTICATED[transit], *found]
    if not found:
        raise bad_request("You must enable at least one form of client authentication.", "clientAuthentication")
    return tuple(found)


def has_scram(provisioned: dict[str, Any]) -> bool:
    """Says whether users can log in with SASL/SCRAM."""
    return engine.SCRAM in listeners(provisioned)


def _enabled(settings: dict[str, Any], name: str) -> bool:
    return bool((settings.get(name) or {}).get("Enabled"))


_SASL = {"Scram": engine.SCRAM, "Iam": engine.IAM}
_UNAUTHENTICATED = {
    "PLAINTEXT": (engine.PLAINTEXT,),
    "TLS": (engine.TLS,),
    "TLS_PLAINTEXT": (engine.PLAINTEXT, engine.TLS),
}
