"""Publishes event schemas, OpenAPI documents and gRPC interfaces as files in `services/contracts/published/`.

    python -m ops.contracts.publish                    writes them; rejects a breaking change
    python -m ops.contracts.publish --allow-breaking   writes them in any case; only before the first release
    python -m ops.contracts.publish --check            writes nothing, exits 1 when something differs or breaks

The next change is compared with these files, and the documentation page shows them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.json_format import MessageToDict, ParseDict

from ops.contracts.generate import CONTRACTS, proto_descriptors
from ops.contracts.openapi_compatibility import breaking_openapi_changes
from ops.contracts.openapi_documents import openapi_documents
from ops.contracts.proto_compatibility import breaking_proto_changes
from ops.contracts.schema_compatibility import breaking_event_changes
from services.contracts.events.catalogue import EVENT_TYPES, schema_name, schema_uri

PUBLISHED = CONTRACTS / "published"
EVENTS = PUBLISHED / "events"
OPENAPI = PUBLISHED / "openapi"
PROTO = PUBLISHED / "proto"

Document = dict[str, Any]
Documents = dict[Path, Document]


def event_documents() -> Documents:
    """Returns the JSON Schema (2020-12) of each event's data."""
    return {
        EVENTS / f"{schema_name(model)}.json": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": schema_uri(model),
            **model.model_json_schema(),
        }
        for model in EVENT_TYPES
    }


def proto_documents() -> Documents:
    """Returns the descriptor (descriptor.proto) of each .proto file, in protobuf's JSON form."""
    return {PROTO / f"{Path(file.name).stem}.json": MessageToDict(file) for file in proto_descriptors().file}


def current() -> Documents:
    """Returns every document as the code defines it now."""
    openapi = {OPENAPI / f"{name}.json": document for name, document in openapi_documents().items()}
    return event_documents() | openapi | proto_documents()


def text_of(document: Document) -> str:
    """Returns the content of the file. Keys keep their order."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def breaking_changes(documents: Documents) -> list[str]:
    """Returns the breaking changes from the published files to `documents`."""
    found = []
    for path in sorted(PUBLISHED.glob("*/*.json")):
        document = documents.get(path)
        changes = ["withdrawn"] if document is None else _COMPARE[path.parent](json.loads(path.read_text()), document)
        found += [f"{path.relative_to(PUBLISHED)}: {change}" for change in changes]
    return found


def _breaking_proto_documents(published: Document, current: Document) -> list[str]:
    return breaking_proto_changes(
        ParseDict(published, FileDescriptorProto()), ParseDict(current, FileDescriptorProto())
    )


_COMPARE: dict[Path, Callable[[Document, Document], list[str]]] = {
    EVENTS: breaking_event_changes,
    OPENAPI: breaking_openapi_changes,
    PROTO: _breaking_proto_documents,
}


def unpublished(documents: Documents) -> list[str]:
    """Returns the documents that differ from their files, whether the change is breaking or not."""
    return [
        f"{path.relative_to(PUBLISHED)}: differs from the published file, run python -m ops.contracts.publish"
        for path, document in sorted(documents.items())
        if not path.exists() or path.read_text() != text_of(document)
    ]


def write(documents: Documents) -> None:
    """Replaces the published files with `documents`."""
    for path in set(PUBLISHED.glob("*/*.json")) - documents.keys():
        path.unlink()
    for path, document in documents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(document))


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--allow-breaking", action="store_true")
    options = parser.parse_args()
    documents = current()
    faults = [] if options.allow_breaking else breaking_changes(documents)
    if options.check:
        faults += unpublished(documents)
    if faults:
        sys.exit("\n".join(faults))
    if not options.check:
        write(documents)


if __name__ == "__main__":
    main()
