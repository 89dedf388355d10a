"""Finds breaking changes from a published OpenAPI 3.1 document to the current one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ops.contracts.schema_compatibility import Comparison, Direction, Schema, Side

_METHODS = ("get", "post", "put", "patch", "delete")


def breaking_openapi_changes(published: Schema, current: Schema) -> list[str]:
    """Returns the changes that break a client which was written for `published`."""
    return sorted(_Documents(published, current).compare())


class _Documents:
    """A published document and the current one."""

    def __init__(self, published: Schema, current: Schema) -> None:
        self._old, self._new = published, current
        sides = Side(published), Side(current)
        self._request = Comparison(*sides, Direction.NEW_READER)
        self._response = Comparison(*sides, Direction.OLD_READER)

    def compare(self) -> Iterator[str]:
        before, after = _operations(self._old), _operations(self._new)
        for operation in sorted(before.keys() - after.keys()):
            yield f"{operation}: removed"
        for operation in sorted(before.keys() & after.keys()):
            for change in self._operation(before[operation], after[operation]):
                yield f"{operation} {change}"

    def _operation(self, old: Schema, new: Schema) -> Iterator[str]:
        yield from self._parameters(_parameters(old), _parameters(new))
        yield from self._body(old.get("requestBody"), new.get("requestBody"))
        for status, response in sorted(_successes(old).items()):
            if status not in _successes(new):
                yield f"response {status}: removed"
                continue
            yield from self._content(f"response {status}", self._response, response, _successes(new)[status])

    def _parameters(self, old: dict[str, Schema], new: dict[str, Schema]) -> Iterator[str]:
        for name in sorted(old.keys() - new.keys()):
            yield f"{name}: removed"
        for name, parameter in sorted(new.items()):
            if parameter.get("required") and not old.get(name, {}).get("required"):
                yield f"{name}: now required"
            if name in old:
                yield from self._request.compare(name, old[name].get("schema", {}), parameter.get("schema", {}))

    def _body(self, old: Schema | None, new: Schema | None) -> Iterator[str]:
        if new is None:
            if old is not None:
                yield "body: removed"
            return
        if new.get("required") and not (old or {}).get("required"):
            yield "body: now required"
        if old is not None:
            yield from self._content("body", self._request, old, new)

    def _content(self, place: str, comparison: Comparison, old: Schema, new: Schema) -> Iterator[str]:
        before, after = old.get("content", {}), new.get("content", {})
        for media_type in sorted(before.keys() - after.keys()):
            yield f"{place} {media_type}: removed"
        for media_type in sorted(before.keys() & after.keys()):
            schemas = before[media_type].get("schema", {}), after[media_type].get("schema", {})
            for change in comparison.compare("", *schemas):
                yield f"{place} {change}"


def _operations(document: Schema) -> dict[str, Schema]:
    return {
        f"{method.upper()} {path}": item[method]
        for path, item in document.get("paths", {}).items()
        for method in _METHODS
        if method in item
    }


def _parameters(operation: Schema) -> dict[str, Any]:
    return {f"{parameter['in']} {parameter['name']}": parameter for parameter in operation.get("parameters", [])}


def _successes(operation: Schema) -> dict[str, Schema]:
    return {status: response for status, response in operation.get("responses", {}).items() if status.startswith("2")}
