"""The published listeners of brokers, under MSK's names, and the properties that their log-ins need.

The classes are those of `image/kafka/access`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from localstack_engines.toolkit.process.certificate import certificate


@dataclass(frozen=True)
class Listener:
    """A listener: its name and port on MSK, its security protocol, and the mechanisms of SASL that clients may use.

    A broker has a published port instead of MSK's. Rules of security groups name MSK's.
    Source: https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html
    """

    name: str
    msk_port: int
    protocol: str
    mechanisms: tuple[str, ...] = ()


PLAINTEXT = Listener("CLIENT", 9092, "PLAINTEXT")
TLS = Listener("CLIENT_SECURE", 9094, "SSL")
SCRAM = Listener("CLIENT_SASL_SCRAM", 9096, "SASL_SSL", ("SCRAM-SHA-512",))
IAM = Listener("CLIENT_IAM", 9098, "SASL_SSL", ("OAUTHBEARER", "AWS_MSK_IAM"))

_SECURITY = "org.apache.kafka.common.security"
_LOGIN_MODULES = {
    "SCRAM-SHA-512": f"{_SECURITY}.scram.ScramLoginModule",
    "OAUTHBEARER": f"{_SECURITY}.oauthbearer.OAuthBearerLoginModule",
    # Kafka asks for a module of every mechanism. This one does nothing on a broker.
    "AWS_MSK_IAM": f"{_SECURITY}.plain.PlainLoginModule",
}
_HANDLERS = {
    "SCRAM-SHA-512": "engines.kafka.ScramHandler",
    "OAUTHBEARER": "engines.kafka.IamTokenHandler",
    "AWS_MSK_IAM": "engines.kafka.IamMechanismHandler",
}

_ACCESS = {
    "authorizer.class.name": "engines.kafka.ClusterAuthorizer",
    "principal.builder.class": "engines.kafka.PrincipalBuilder",
    "security.providers": "engines.kafka.IamSaslProvider",
    # The principal of the listeners inside of the container, which only the cluster and the plugin reach.
    "super.users": "Broker:internal",
}


def access_properties(listeners: Iterable[Listener], access_url: str) -> dict[str, str]:
    """Returns the properties of a broker that decide who may log in and what each client may do.

    `access_url` is where the broker asks; see `access_server`.
    """
    properties = {**_ACCESS, "localstack.engines.access.url": access_url}
    found = list(listeners)
    if any(listener.protocol in ("SSL", "SASL_SSL") for listener in found):
        properties |= _certificate()
    for listener in found:
        properties |= _log_in(listener)
    return properties


def _log_in(listener: Listener) -> dict[str, str]:
    if not listener.mechanisms:
        return {}
    prefix = f"listener.name.{listener.name.lower()}"
    properties = {f"{prefix}.sasl.enabled.mechanisms": ",".join(listener.mechanisms)}
    for mechanism in listener.mechanisms:
        own = f"{prefix}.{mechanism.lower()}.sasl"
        properties[f"{own}.jaas.config"] = f"{_LOGIN_MODULES[mechanism]} required;"
        properties[f"{own}.server.callback.handler.class"] = _HANDLERS[mechanism]
    return properties


def _certificate() -> dict[str, str]:
    certificate_file, key_file = certificate()
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.certificate.chain": certificate_file.read_text(),
        "ssl.keystore.key": key_file.read_text(),
        "ssl.client.auth": "none",
    }
