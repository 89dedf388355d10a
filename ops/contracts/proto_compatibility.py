"""Finds breaking changes from a published .proto file to the current one.

A change is breaking when stubs generated from the published file rely on what it changes, on the wire or by name:
numbers, names, types, cardinality and rpcs. Additions are not breaking. The rules are those of protobuf.dev, "Updating
A Message Type": the number of a removed field must be reserved, and stays reserved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    EnumValueDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MethodDescriptorProto,
    ServiceDescriptorProto,
)

# Descriptors with a name, and those that also have a number. They have no common base class.
Named = TypeVar(
    "Named",
    DescriptorProto,
    FieldDescriptorProto,
    EnumDescriptorProto,
    EnumValueDescriptorProto,
    ServiceDescriptorProto,
    MethodDescriptorProto,
)
Numbered = TypeVar("Numbered", FieldDescriptorProto, EnumValueDescriptorProto)
Ranges = list[tuple[int, int]]


def breaking_proto_changes(published: FileDescriptorProto, current: FileDescriptorProto) -> list[str]:
    """Returns the breaking changes from a published file to the current one."""
    return sorted(_files(published, current))


def _files(old: FileDescriptorProto, new: FileDescriptorProto) -> Iterator[str]:
    yield from _different("package", old.package, new.package)
    yield from _different("syntax", old.syntax, new.syntax)
    yield from _types(old.message_type, new.message_type, old.enum_type, new.enum_type)
    yield from _removed("service", old.service, new.service)
    for before, after in _both(old.service, new.service):
        yield from _services(before, after)


def _types(
    old: Iterable[DescriptorProto],
    new: Iterable[DescriptorProto],
    old_enums: Iterable[EnumDescriptorProto],
    new_enums: Iterable[EnumDescriptorProto],
    within: str = "",
) -> Iterator[str]:
    yield from _removed("message", old, new, within)
    yield from _removed("enum", old_enums, new_enums, within)
    for before, after in _both(old, new):
        yield from _messages(before, after, f"{within}{before.name}")
    for before_enum, after_enum in _both(old_enums, new_enums):
        yield from _enums(before_enum, after_enum, f"{within}{before_enum.name}")


def _messages(old: DescriptorProto, new: DescriptorProto, place: str) -> Iterator[str]:
    yield from _numbers(place, old.field, new.field, _message_ranges(new))
    yield from _released(place, _message_ranges(old), _message_ranges(new))
    yield from _released(place, old.reserved_name, new.reserved_name)
    for before, after in _both(old.field, new.field):
        field = f"{place}.{before.name}"
        yield from _different(f"{field} type", _type(before), _type(after))
        yield from _different(f"{field} cardinality", _cardinality(before), _cardinality(after))
        yield from _different(f"{field} oneof", _oneof(old, before), _oneof(new, after))
        yield from _different(f"{field} JSON name", before.json_name, after.json_name)
    yield from _types(old.nested_type, new.nested_type, old.enum_type, new.enum_type, f"{place}.")


def _enums(old: EnumDescriptorProto, new: EnumDescriptorProto, place: str) -> Iterator[str]:
    yield from _numbers(place, old.value, new.value, _enum_ranges(new))
    yield from _released(place, _enum_ranges(old), _enum_ranges(new))
    yield from _released(place, old.reserved_name, new.reserved_name)


def _services(old: ServiceDescriptorProto, new: ServiceDescriptorProto) -> Iterator[str]:
    yield from _removed("rpc", old.method, new.method, f"{old.name}.")
    for before, after in _both(old.method, new.method):
        rpc = f"{old.name}.{before.name}"
        yield from _different(f"{rpc} request", _request(before), _request(after))
        yield from _different(f"{rpc} response", _response(before), _response(after))


def _different(place: str, was: str, now: str) -> Iterator[str]:
    if was != now:
        yield f"{place}: was {was}, is {now}"


def _numbers(place: str, old: Iterable[Numbered], new: Iterable[Numbered], reserved: Ranges) -> Iterator[str]:
    """Yields the changes of the numbers of fields or enum values."""
    after = _by_name(new)
    users = {part.number: part.name for part in after.values()}
    for name, part in _by_name(old).items():
        if name in after:
            yield from _different(f"{place}.{name} number", str(part.number), str(after[name].number))
        elif part.number in users:
            yield f"{place}.{name}: removed, and {users[part.number]} has its number {part.number}"
        elif any(start <= part.number <= end for start, end in reserved):
            yield f"{place}.{name}: removed"
        else:
            yield f"{place}.{name}: removed, and its number {part.number} is not reserved"


def _released(place: str, old: Iterable[object], new: Iterable[object]) -> Iterator[str]:
    """Yields numbers or names that are no longer reserved: a new field could be mistaken for the removed one."""
    after = list(new)
    for promise in old:
        if promise not in after:
            yield f"{place}: no longer reserves {promise}"


def _removed(kind: str, old: Iterable[Named], new: Iterable[Named], within: str = "") -> Iterator[str]:
    for name in _by_name(old).keys() - _by_name(new).keys():
        yield f"{kind} {within}{name}: removed"


def _both(old: Iterable[Named], new: Iterable[Named]) -> Iterator[tuple[Named, Named]]:
    after = _by_name(new)
    return ((part, after[name]) for name, part in _by_name(old).items() if name in after)


def _by_name(parts: Iterable[Named]) -> dict[str, Named]:
    return {part.name: part for part in parts}


def _message_ranges(message: DescriptorProto) -> Ranges:
    """Returns the reserved numbers, both ends included. In a message `end` is excluded, in an enum it is included."""
    return [(reserved.start, reserved.end - 1) for reserved in message.reserved_range]


def _enum_ranges(enum: EnumDescriptorProto) -> Ranges:
    return [(reserved.start, reserved.end) for reserved in enum.reserved_range]


def _type(field: FieldDescriptorProto) -> str:
    return field.type_name or FieldDescriptorProto.Type.Name(field.type)


def _cardinality(field: FieldDescriptorProto) -> str:
    """Returns the cardinality. In proto3 `optional` is one: without it an absent value looks the same as zero."""
    return "optional" if field.proto3_optional else FieldDescriptorProto.Label.Name(field.label)


def _oneof(message: DescriptorProto, field: FieldDescriptorProto) -> str:
    belongs = field.HasField("oneof_index") and not field.proto3_optional
    return message.oneof_decl[field.oneof_index].name if belongs else "none"


def _request(method: MethodDescriptorProto) -> str:
    return _stream(method.input_type, method.client_streaming)


def _response(method: MethodDescriptorProto) -> str:
    return _stream(method.output_type, method.server_streaming)


def _stream(type_name: str, streaming: bool) -> str:
    return f"stream {type_name}" if streaming else type_name
