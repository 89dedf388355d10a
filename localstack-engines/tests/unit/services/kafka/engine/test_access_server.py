import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from localstack_engines.services.kafka.engine.access_server import AccessServer


@pytest.fixture
def server() -> Iterator[AccessServer]:
    server = AccessServer()
    yield server
    server.stop()


def ask(url: str, body: bytes = b"{}") -> Any:
    with urllib.request.urlopen(urllib.request.Request(url, body, method="POST"), timeout=5) as response:
        return json.load(response)


def status(url: str, body: bytes = b"{}") -> int:
    with pytest.raises(urllib.error.HTTPError) as error:
        ask(url, body)
    with error.value as answer:
        return int(answer.code)


def test_each_cluster_gets_its_own_answers(server: AccessServer) -> None:
    first = server.add(lambda name, question: {"cluster": 1, "name": name, **question})
    second = server.add(lambda name, question: {"cluster": 2})
    assert ask(f"{first}/token", b'{"a": 1}') == {"cluster": 1, "name": "token", "a": 1}
    assert ask(f"{second}/token") == {"cluster": 2}


def test_nobody_answers_without_the_clusters_address(server: AccessServer) -> None:
    url = server.add(lambda name, question: {})
    root = url.rpartition("/")[0]
    assert [status(path) for path in (root, f"{root}/token", f"{root}/x/token", url, f"{url}/a/b")] == [404] * 5
    server.remove(url)
    assert status(f"{url}/token") == 404


def test_what_cannot_be_answered_is_an_error(server: AccessServer) -> None:
    def answer(name: str, question: dict[str, Any]) -> dict[str, Any]:
        return {"a": {"known": 1}[name], "b": question["b"] + 1}

    url = server.add(answer)
    assert status(f"{url}/unknown") == 404
    assert status(f"{url}/known", b"{") == 500
    assert status(f"{url}/known", b'{"b": "x"}') == 500
    assert ask(f"{url}/known", b'{"b": 1}') == {"a": 1, "b": 2}
