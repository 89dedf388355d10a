"""Operations on authorization tokens, the credentials for `docker login`."""

import base64
import secrets
from datetime import UTC, datetime, timedelta

from localstack.aws.api import RequestContext

from localstack_engines.services.ecr.api.operations import Operations, Request, Response
from localstack_engines.services.ecr.engine import registry

_TOKEN_LIFETIME = timedelta(hours=12)


class AuthorizationOperations(Operations):
    """Issues tokens. The local registry accepts any token."""

    def get_authorization_token(self, context: RequestContext, request: Request) -> Response:
        token = base64.b64encode(f"AWS:{secrets.token_urlsafe(48)}".encode()).decode()
        data = {
            "authorizationToken": token,
            "expiresAt": datetime.now(UTC) + _TOKEN_LIFETIME,
            "proxyEndpoint": f"http://{registry.address()}",
        }
        return {"authorizationData": [data]}
