"""@connections at LocalStack's own address, to which AWS_ENDPOINT_URL points: `/@connections/<id>`.

The address names no API, and a connection's id needs none: it is unique.
"""

import io
from typing import Any

from localstack_engines.gateway import headers
from localstack_engines.gateway.subrequests.messages import Refused, Request, error
from localstack_engines.gateway.websockets.management import ConnectionManagement

_PATH = "/@connections/<identifier>"
_METHODS = ("GET", "POST", "DELETE")
_FRAMING = ("content-length", "transfer-encoding")
"""Headers of a body that has been read."""


class LocalConnections:
    """A route in LocalStack's gateway. LocalStack's core has no API of this name."""

    def __init__(self, management: ConnectionManagement) -> None:
        self._management = management
        self._rules: Any = None

    def start(self) -> None:
        from localstack.services.edge import ROUTER

        self._rules = ROUTER.add(_PATH, self._answer, methods=_METHODS)

    def stop(self) -> None:
        from localstack.services.edge import ROUTER

        ROUTER.remove(self._rules)

    def _answer(self, request: Any, identifier: str) -> Any:
        from localstack.http import Response

        body = request.get_data()
        given = [(name.lower(), value) for name, value in request.headers.items()]
        kept = [(name, value) for name, value in given if not name.startswith((headers.PREFIX, *_FRAMING))]
        ours = [(headers.PATH, f"/@connections/{identifier}"), ("content-length", str(len(body)))]
        try:
            reply = self._management.answer(
                Request(
                    method=request.method, target=request.full_path, headers=[*ours, *kept], stream=io.BytesIO(body)
                )
            )
        except Refused as refused:
            reply = error(refused.status, str(refused))
        return Response(reply.body, int(reply.status), dict(reply.headers))
