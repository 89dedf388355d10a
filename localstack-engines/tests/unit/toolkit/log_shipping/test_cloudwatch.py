"""Lines go into the store directly, and a stream does not grow without bound."""

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from localstack_engines.toolkit.log_shipping import cloudwatch

TRACKED: list[Any] = []
"""What moto lists for its dashboard."""


class Backend:
    """A store with one stream."""

    def __init__(self) -> None:
        self.stream = SimpleNamespace(events=[])
        self.groups = {"group": SimpleNamespace(streams={"stream": self.stream})}
        self.filters = SimpleNamespace(metric_filters=[])

    def put_log_events(self, group: str, stream: str, events: list[Any]) -> None:
        self.groups[group].streams[stream].events += events
        TRACKED.extend(events)


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Backend:
    backend = Backend()
    models = ModuleType("localstack.services.logs.models")
    monkeypatch.setattr(models, "get_moto_logs_backend", lambda account, region: backend, raising=False)
    tracking = ModuleType("moto.logs.models")
    monkeypatch.setattr(tracking, "LogEvent", SimpleNamespace(instances_tracked=TRACKED), raising=False)
    monkeypatch.setitem(sys.modules, tracking.__name__, tracking)
    for name in ("localstack", "localstack.services", "localstack.services.logs", "moto", "moto.logs"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, models.__name__, models)
    return backend


def put(number: int) -> None:
    cloudwatch.put_lines("000000000000", "us-east-1", "group", "stream", [(number, str(number))])


def test_lines_are_stored_in_their_order(backend: Backend) -> None:
    for number in range(1, 4):
        put(number)
    assert [event["message"] for event in backend.stream.events] == ["1", "2", "3"]


def test_a_stream_forgets_its_oldest_events(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloudwatch, "KEPT_EVENTS", 10)
    for number in range(1, 101):
        put(number)
        assert len(backend.stream.events) <= 12
        assert TRACKED == []
    assert [event["message"] for event in backend.stream.events][-10:] == [str(number) for number in range(91, 101)]


def test_metric_filters_get_the_lines_through_the_api(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    client = SimpleNamespace(put_log_events=lambda **request: sent.append(request))
    monkeypatch.setattr(cloudwatch, "_client", lambda account, region: client)
    backend.filters.metric_filters = [{"filterName": "errors"}]
    put(1)
    assert [request["logEvents"] for request in sent] == [[{"timestamp": 1, "message": "1"}]]
    assert backend.stream.events == []
