"""A chat over a WebSocket API."""

import json
from typing import Any

from websockets.sync.client import connect

from lab import localstack
from lab.apps import Aws, Make
from lab.waiting import until

SECONDS = 30


def test_a_chat(app: Make, aws: Aws) -> None:
    chat = app("websocket-chat.yaml")
    out = chat.deploy()
    assert said(aws, out, "hello") == ["hello", "hello"]
    until("both to be gone", lambda: connections(aws, out) == 0)
    chat.edit('["text"].encode()', '["text"].upper().encode()')
    chat.deploy()
    assert said(aws, out, "hello") == ["HELLO", "HELLO"]
    chat.destroy()


def said(aws: Aws, out: dict[str, str], text: str) -> list[str]:
    """Lets one of two clients say a text. Returns what both receive."""
    url = f"{localstack.ENDPOINT.replace('http', 'ws', 1)}/_aws/execute-api/{out['Api']}/live"
    options: dict[str, Any] = {"open_timeout": SECONDS, "proxy": None}
    with connect(url, **options) as one, connect(url, **options) as other:
        until("both to be known", lambda: connections(aws, out) == 2)
        one.send(json.dumps({"action": "say", "text": text}))
        return [_text(client.recv(timeout=SECONDS)) for client in (one, other)]


def _text(message: str | bytes) -> str:
    return message.decode() if isinstance(message, bytes) else message


def connections(aws: Aws, out: dict[str, str]) -> int:
    return int(aws("dynamodb").scan(TableName=out["Connections"])["Count"])
