"""The published contracts are what the code says, and nothing published is broken."""

import json
from pathlib import Path

import pytest

from ops.contracts import publish
from services.contracts.events.catalogue import EVENT_TYPES, schema_name


@pytest.fixture(scope="module")
def documents() -> publish.Documents:
    return publish.current()


def test_nothing_published_is_broken(documents: publish.Documents) -> None:
    assert publish.breaking_changes(documents) == []


def test_the_published_files_are_current(documents: publish.Documents) -> None:
    assert publish.unpublished(documents) == []


@pytest.mark.parametrize("model", EVENT_TYPES, ids=lambda model: str(model.TYPE))
def test_the_published_files_can_catch_a_removed_attribute(model: type) -> None:
    path = publish.EVENTS / f"{schema_name(model)}.json"
    document = json.loads(path.read_text())
    del document["properties"]["version"]
    assert publish.breaking_changes({**publish.event_documents(), path: document})


@pytest.mark.parametrize("path", sorted(publish.PROTO.glob("*.json")), ids=lambda path: path.stem)
def test_the_published_files_can_catch_a_removed_rpc(path: Path) -> None:
    document = json.loads(path.read_text())
    removed = document["service"][0]["method"].pop()["name"]
    changes = publish.breaking_changes({**publish.proto_documents(), path: document})
    assert f"proto/{path.name}: rpc {document['service'][0]['name']}.{removed}: removed" in changes


def test_a_withdrawn_event_type_is_found(documents: publish.Documents) -> None:
    path = next(iter(publish.event_documents()))
    assert publish.breaking_changes({key: value for key, value in documents.items() if key != path}) == [
        f"events/{path.name}: withdrawn"
    ]


def test_a_withdrawn_proto_file_is_found(documents: publish.Documents) -> None:
    path = publish.PROTO / "patient_v1.json"
    assert publish.breaking_changes({key: value for key, value in documents.items() if key != path}) == [
        "proto/patient_v1.json: withdrawn"
    ]
