"""Base classes of requests and responses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import dataclass_transform

MERGE_PATCH = "application/merge-patch+json"
"""The media type of a patch (RFC 7396)."""
M = TypeVar("M")
T = TypeVar("T")


class RequestModel(BaseModel):
    """What a client sends. An unknown field is an error, because it may be a typing error or an attack."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False, hide_input_in_errors=True
    )


def left_out() -> Any:
    """Makes the default of a patch's member that cannot be null. Whether it was given is in `model_fields_set`.

    It is a `default_factory`, so that OpenAPI does not show a default that would not be accepted.
    """
    return None


@dataclass_transform()
def response_model(model: type[M]) -> type[M]:
    """Makes a dataclass of what a service answers. It is made and encoded more quickly than a Pydantic model."""
    return dataclass(slots=True)(model)


def json_response(content: object, status: int = 200) -> Response:
    """Returns a response with response models, and with what they consist of, as JSON."""
    return Response(msgspec.json.encode(content), status, media_type="application/json")


class Page(BaseModel, Generic[T]):
    """One page of a list. `next_cursor` fetches the next page, and is null on the last page."""

    items: list[T]
    next_cursor: str | None = Field(default=None, description="Opaque; null on the last page.")


class ProblemOut(BaseModel):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
