"""Connections to the Kafka brokers, with the credentials that the operator has."""

import ssl
from typing import Any

from ops import aws, settings
from ops.problems import Problem


def connection() -> dict[str, Any]:
    """Returns aiokafka's arguments for connections to the stage's brokers. Raises Problem before there are any."""
    servers = aws.bootstrap_brokers()
    if servers:
        return {"bootstrap_servers": servers}
    servers = aws.bootstrap_brokers(aws.IAM_BROKERS)
    if not servers:
        raise Problem("there is no Kafka cluster yet", "make up")
    from services.common.messaging.msk_iam import MskTokens

    return {
        "bootstrap_servers": servers,
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "OAUTHBEARER",
        "sasl_oauth_token_provider": MskTokens(settings.REGION),
        "ssl_context": ssl.create_default_context(cadata=aws.certificate_authorities()),
    }
