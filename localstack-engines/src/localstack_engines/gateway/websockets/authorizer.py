"""The Lambda authorizer of `$connect`. It decides about each handshake anew: WebSocket APIs keep no decisions.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
"""

import json
import logging
from typing import Any

from localstack_engines.gateway.subrequests.lambda_authorizer import Decision, Outcome, policy_decision
from localstack_engines.gateway.subrequests.lambda_functions import FunctionFailed, function_arn, invoke
from localstack_engines.gateway.websockets.calls import Call, authorizer_event, method_arn
from localstack_engines.gateway.websockets.model import Authorizer
from localstack_engines.gateway.websockets.parameters import source_value

LOG = logging.getLogger(__name__)


def decide(authorizer: Authorizer, call: Call) -> Decision:
    """Returns the authorizer's decision about a handshake. Blocks."""
    if not all(source_value(source, call) for source in authorizer.identity_sources):
        # API Gateway does not invoke the function when an identity source is missing.
        return Decision(Outcome.UNAUTHORIZED, {})
    try:
        result = invoke(function_arn(authorizer.uri, dict(call.stage.variables)), authorizer_event(call))
        return policy_decision(result, method_arn(call))
    except FunctionFailed as failure:
        if _says_unauthorized(str(failure)):
            return Decision(Outcome.UNAUTHORIZED, {})
        LOG.warning("authorizer %s failed: %s", authorizer.name, failure)
        return Decision(Outcome.ERROR, {})


def _says_unauthorized(error: str) -> bool:
    """Returns whether the function raised the error by which an authorizer asks for a 401."""
    try:
        document: Any = json.loads(error)
    except ValueError:
        return False
    return isinstance(document, dict) and document.get("errorMessage") == "Unauthorized"
