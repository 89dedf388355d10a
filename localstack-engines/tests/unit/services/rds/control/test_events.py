"""Events and the subscriptions that want them."""

import json

import pytest

from localstack_engines.services.rds.control import events
from localstack_engines.services.rds.control.events import EventLog, Subscription

TOPIC = "arn:aws:sns:us-east-1:000000000000:topic"


def log(published: list[tuple[str, str, str]]) -> EventLog:
    return EventLog("000000000000", "us-east-1", lambda *message: published.append(message))


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({}, 2),
        ({"source_type": events.INSTANCE}, 1),
        ({"source_type": events.INSTANCE, "sources": ["other"]}, 0),
        ({"source_type": events.INSTANCE, "sources": ["db"], "categories": ["creation"]}, 1),
        ({"source_type": events.INSTANCE, "categories": ["deletion"]}, 0),
        ({"enabled": False}, 0),
    ],
)
def test_a_subscription_gets_the_events_that_it_wants(options: dict[str, object], count: int) -> None:
    published: list[tuple[str, str, str]] = []
    found = log(published)
    found.subscriptions["s"] = Subscription("s", "arn", TOPIC, **options)  # type: ignore[arg-type]
    found.record(events.CREATED, "db", "db")
    found.record(events.SNAPSHOT_CREATED, "copy", "snapshot")
    assert len(published) == count
    assert [event.source for event in found.events()] == ["db", "copy"]


def test_the_message_has_awss_form() -> None:
    published: list[tuple[str, str, str]] = []
    found = log(published)
    found.subscriptions["s"] = Subscription("s", "arn", TOPIC)
    found.record(events.RESTORED, "db", "db", "copy")
    [(topic, subject, text)] = published
    assert (topic, subject) == (TOPIC, "RDS Notification Message")
    message = json.loads(text)
    assert message["Source ARN"] == "arn:aws:rds:us-east-1:000000000000:db:db"
    assert message["Event ID"].endswith("#RDS-EVENT-0043")
    assert message["Event Message"] == "Restored from snapshot copy"


def test_a_topic_that_is_gone_does_not_fail_the_change() -> None:
    def fail(*message: str) -> None:
        raise RuntimeError("no such topic")

    found = EventLog("000000000000", "us-east-1", fail)
    found.subscriptions["s"] = Subscription("s", "arn", TOPIC)
    found.record(events.CREATED, "db", "db")
    assert len(found.events()) == 1


def test_every_kind_of_event_has_a_category_of_its_source_type() -> None:
    kinds = [one for one in vars(events).values() if isinstance(one, events.Kind)]
    assert len({kind.number for kind in kinds}) == len(kinds) > 10
    assert all(kind.category in events.CATEGORIES[kind.source_type] for kind in kinds)
