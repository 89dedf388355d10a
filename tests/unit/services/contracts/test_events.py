"""Events are encoded as CloudEvents 1.0, and decoded to typed data."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.events import (
    BY_TYPE,
    EVENT_TYPES,
    Event,
    InvalidEvent,
    PatientDeleted,
    PatientRegistered,
    UnknownEventType,
    decode,
)

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
OVERFLOW = "9999-12-31T23:59:59-14:00"
ATTRIBUTES = (*Event.model_fields, *PatientDeleted.model_fields)


@pytest.fixture
def event() -> Event[PatientRegistered]:
    data = PatientRegistered(
        patient_id=uuid4(), name="Zoë 🩺", email="zoe@example.org", registered_at=datetime.now(UTC), version=1
    )
    return Event.of(data, id=uuid4(), traceparent=TRACE)


def _altered(event: Event[PatientRegistered], **changes: object) -> bytes:
    return json.dumps({**json.loads(event.encode()), **changes}).encode()


def test_an_event_is_decoded_as_it_was_encoded(event: Event[PatientRegistered]) -> None:
    assert decode(event.encode()) == event


def test_the_envelope_has_the_attributes_that_cloudevents_requires(event: Event[PatientRegistered]) -> None:
    sent = json.loads(event.encode())
    assert sent["specversion"] == "1.0"
    assert sent["type"] == "patient.registered"
    assert sent["source"] == "/pms/patient"
    assert sent["subject"] == str(event.data.subject)
    assert sent["traceparent"] == TRACE
    assert sent["dataschema"] == "urn:pms:schema:patient.registered.v1"
    assert event.key == sent["subject"].encode()
    assert event.topic == "pms.patient.v1"


def test_absent_attributes_are_left_out(event: Event[PatientRegistered]) -> None:
    assert "phone" not in json.loads(event.encode())["data"]


def test_times_are_converted_to_utc(event: Event[PatientRegistered]) -> None:
    time = datetime(2026, 3, 29, 3, 30, tzinfo=timezone(timedelta(hours=2)))
    assert decode(_altered(event, time=time.isoformat())).time == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_consumer_ignores_attributes_that_it_does_not_know(event: Event[PatientRegistered]) -> None:
    data = {**json.loads(event.encode())["data"], "shoe_size": 43}
    assert decode(_altered(event, data=data, partitionkey="x")).data == event.data


@pytest.mark.parametrize(
    "message",
    [b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"specversion":"1.0"}', b"[" * 100_000],
    ids=["empty", "cut", "null", "array", "no UTF-8", "no attributes", "deep"],
)
def test_what_is_no_event_is_invalid(message: bytes) -> None:
    with pytest.raises(InvalidEvent):
        decode(message)


@pytest.mark.parametrize(
    "changes",
    [
        {"specversion": "0.3"},
        {"id": "not-a-uuid"},
        {"time": "2026-01-01T00:00:00"},
        {"time": "9999-12-31T23:59:59-14:00"},
        {"time": "0001-01-01T00:00:00+14:00"},
        {"source": "/pms/auth"},
        {"subject": str(uuid4())},
        {"data": {}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_forged_or_broken_event_is_invalid(event: Event[PatientRegistered], changes: dict[str, object]) -> None:
    with pytest.raises(InvalidEvent):
        decode(_altered(event, **changes))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(10**400) | st.just(OVERFLOW),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary() | st.text() | JSON.map(json.dumps) | st.dictionaries(st.sampled_from(ATTRIBUTES), JSON))
def test_decoding_raises_nothing_but_invalid_event(message: bytes | str | dict[str, object]) -> None:
    if isinstance(message, dict):
        data = PatientDeleted(patient_id=uuid4(), deleted_at=datetime.now(UTC), version=1)
        sent = json.loads(Event.of(data, id=uuid4()).encode())
        names = sent if "data" not in message else sent["data"]
        names.update({name: value for name, value in message.items() if name != "data"})
        message = json.dumps(sent)
    with suppress(InvalidEvent):
        decode(message)


def test_an_unknown_type_is_another_error_than_an_invalid_event(event: Event[PatientRegistered]) -> None:
    with pytest.raises(UnknownEventType):
        decode(_altered(event, type="patient.teleported"))


def test_an_error_never_quotes_the_message(event: Event[PatientRegistered]) -> None:
    canary = "canary-7f3a"
    with pytest.raises(InvalidEvent) as caught:
        decode(_altered(event, data={"name": canary, "email": [canary], "version": canary}))
    assert canary not in str(caught.value)
    assert caught.value.__suppress_context__


def test_types_are_unique_and_belong_to_their_topics() -> None:
    assert len(BY_TYPE) == len(EVENT_TYPES)
    for model in EVENT_TYPES:
        assert model.SUBJECT_FIELD in model.model_fields
