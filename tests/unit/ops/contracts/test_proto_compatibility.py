"""The check of published `.proto` files: it finds each breaking change, and lets each harmless one pass."""

from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from ops.contracts.generate import descriptors
from ops.contracts.proto_compatibility import breaking_proto_changes

PUBLISHED = """
syntax = "proto3";
package clinic.v1;
service Rooms {
  rpc Find(Query) returns (Room);
  rpc List(Query) returns (Room);
}
message Query { string text = 1; }
message Room {
  reserved 8, 20 to 30;
  reserved "wing";
  string id = 1;
  optional string label = 2;
  repeated string tags = 3;
  State state = 4;
  int64 beds = 5;
  oneof owner { string ward = 6; string doctor = 7; }
  map<string, int64> prices = 9;
  Bed bed = 10;
  message Bed { string size = 1; Colour colour = 2; enum Colour { WHITE = 0; BLUE = 1; } }
}
enum State { reserved 5 to 6; FREE = 0; TAKEN = 1; CLOSED = 2; }
message Spare { string id = 1; }
"""

# What is replaced in the published file, by what, and what the check then says.
BREAKING = {
    "field removed": ("int64 beds = 5;", "", "Room.beds: removed, and its number 5 is not reserved"),
    "field removed, number reserved": ("int64 beds = 5;", "reserved 5;", "Room.beds: removed"),
    "field renumbered": ("int64 beds = 5;", "int64 beds = 11;", "Room.beds number: was 5, is 11"),
    "field retyped": ("int64 beds = 5;", "int32 beds = 5;", "Room.beds type: was TYPE_INT64, is TYPE_INT32"),
    "other message type": (
        "Bed bed = 10;",
        "Spare bed = 10;",
        "Room.bed type: was .clinic.v1.Room.Bed, is .clinic.v1.Spare",
    ),
    "map's value retyped": (
        "map<string, int64> prices",
        "map<string, string> prices",
        "Room.PricesEntry.value type: was TYPE_INT64, is TYPE_STRING",
    ),
    "field renamed": ("int64 beds = 5;", "int64 places = 5;", "Room.beds: removed, and places has its number 5"),
    "number used again": ("int64 beds = 5;", "bool heated = 5;", "Room.beds: removed, and heated has its number 5"),
    "JSON name": (
        "int64 beds = 5;",
        'int64 beds = 5 [json_name = "places"];',
        "Room.beds JSON name: was beds, is places",
    ),
    "repeated no longer": (
        "repeated string tags",
        "string tags",
        "Room.tags cardinality: was LABEL_REPEATED, is LABEL_OPTIONAL",
    ),
    "repeated from now on": (
        "string id = 1;\n  optional",
        "repeated string id = 1;\n  optional",
        "Room.id cardinality: was LABEL_OPTIONAL, is LABEL_REPEATED",
    ),
    "presence no longer": (
        "optional string label",
        "string label",
        "Room.label cardinality: was optional, is LABEL_OPTIONAL",
    ),
    "out of the oneof": (
        "string doctor = 7; }",
        "} string doctor = 7;",
        "Room.doctor oneof: was owner, is none",
    ),
    "reserved number taken": ("reserved 8, ", "bool heated = 8; reserved ", "Room: no longer reserves (8, 8)"),
    "reserved range given back": (", 20 to 30", "", "Room: no longer reserves (20, 30)"),
    "reserved name given back": ('reserved "wing";', "", "Room: no longer reserves wing"),
    "enum value removed": ("CLOSED = 2;", "", "State.CLOSED: removed, and its number 2 is not reserved"),
    "enum value renumbered": ("CLOSED = 2;", "CLOSED = 3;", "State.CLOSED number: was 2, is 3"),
    "enum value's number used again": (
        "CLOSED = 2;",
        "MOVED = 2;",
        "State.CLOSED: removed, and MOVED has its number 2",
    ),
    "enum's reserved range given back": ("reserved 5 to 6; FREE", "FREE", "State: no longer reserves (5, 6)"),
    "nested enum value removed": (
        "BLUE = 1;",
        "",
        "Room.Bed.Colour.BLUE: removed, and its number 1 is not reserved",
    ),
    "nested field removed": ("string size = 1;", "", "Room.Bed.size: removed, and its number 1 is not reserved"),
    "nested enum removed": (
        "Colour colour = 2; enum Colour { WHITE = 0; BLUE = 1; }",
        "reserved 2;",
        "enum Room.Bed.Colour: removed",
    ),
    "message removed": ("message Spare { string id = 1; }", "", "message Spare: removed"),
    "rpc removed": ("  rpc List(Query) returns (Room);\n", "", "rpc Rooms.List: removed"),
    "rpc renamed": ("rpc List(", "rpc All(", "rpc Rooms.List: removed"),
    "service renamed": ("service Rooms", "service Wards", "service Rooms: removed"),
    "other request": (
        "rpc List(Query)",
        "rpc List(Spare)",
        "Rooms.List request: was .clinic.v1.Query, is .clinic.v1.Spare",
    ),
    "other response": (
        "rpc List(Query) returns (Room)",
        "rpc List(Query) returns (Spare)",
        "Rooms.List response: was .clinic.v1.Room, is .clinic.v1.Spare",
    ),
    "request streamed": (
        "rpc List(Query)",
        "rpc List(stream Query)",
        "Rooms.List request: was .clinic.v1.Query, is stream .clinic.v1.Query",
    ),
    "response streamed": (
        "rpc List(Query) returns (Room)",
        "rpc List(Query) returns (stream Room)",
        "Rooms.List response: was .clinic.v1.Room, is stream .clinic.v1.Room",
    ),
    "package": ("package clinic.v1;", "package clinic.v2;", "package: was clinic.v1, is clinic.v2"),
}

HARMLESS = {
    "none": ("", ""),
    "words": ("int64 beds = 5;", "// how many\n  int64 beds = 5;"),
    "another order": (
        "  rpc Find(Query) returns (Room);\n  rpc List(Query) returns (Room);",
        "  rpc List(Query) returns (Room);\n  rpc Find(Query) returns (Room);",
    ),
    "field added": ("int64 beds = 5;", "int64 beds = 5; optional int64 chairs = 12;"),
    "number reserved": ("reserved 8,", "reserved 40, 8,"),
    "value added": ("CLOSED = 2;", "CLOSED = 2; MOVED = 3;"),
    "message, enum and rpc added": (
        "service Rooms {",
        "message Hall { Kind kind = 1; } enum Kind { SMALL = 0; } service Halls {}\n"
        "service Rooms { rpc Open(Hall) returns (Hall);",
    ),
    "declared obsolete": ("int64 beds = 5;", "int64 beds = 5 [deprecated = true];"),
}


def compiled(folder: Path, text: str) -> FileDescriptorProto:
    source = folder / "rooms.proto"
    source.write_text(text)
    return descriptors(folder, [source]).file[0]


def changes(folder: Path, old: str, new: str) -> list[str]:
    assert old in PUBLISHED
    return breaking_proto_changes(compiled(folder, PUBLISHED), compiled(folder, PUBLISHED.replace(old, new, 1)))


@pytest.mark.parametrize(("old", "new", "fault"), BREAKING.values(), ids=BREAKING)
def test_a_breaking_change_is_found(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert fault in changes(tmp_path, old, new)


@pytest.mark.parametrize(("old", "new"), HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_change_passes(tmp_path: Path, old: str, new: str) -> None:
    assert changes(tmp_path, old, new) == []
