"""Where the providers of custom resources send their answers: they PUT a JSON document to the URL of a request.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref.html
"""

import threading
from typing import Any

from localstack_engines.gateway import loopback
from localstack_engines.toolkit import settings

PATH = f"/_localstack/{settings.NAME}/custom-resources"

_lock = threading.Lock()
_answers: dict[str, bytes | None] = {}


def expect(request_id: str) -> str:
    """Returns the URL to which the answer of a request is to be sent."""
    with _lock:
        _answers[request_id] = None
    return f"{loopback.base_url()}{PATH}/{request_id}"


def received(request_id: str) -> bytes | None:
    """Returns the answer of a request, or None as long as there is none."""
    return _answers.get(request_id)


def forget(request_id: str) -> None:
    """Ends the wait for an answer. One that comes later is refused."""
    with _lock:
        _answers.pop(request_id, None)


class AnswersResource:
    """The endpoint of the URLs. The first answer counts."""

    def on_put(self, request: Any, request_id: str) -> Any:
        from werkzeug import Response

        body = request.get_data()
        with _lock:
            if request_id not in _answers:
                return Response(status=403)  # as an expired URL on AWS
            if _answers[request_id] is None:
                _answers[request_id] = body
        return Response(status=200)


def install() -> None:
    """Adds the endpoint to LocalStack's internal API."""
    from localstack.services.internal import get_internal_apis
    from rolo import Resource

    get_internal_apis().add(Resource(f"{PATH}/<request_id>", AnswersResource()))
