"""Base classes of requests and responses."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class RequestModel(BaseModel):
    """What a client sends: an unknown field is an error rather than ignored (mass assignment, typing errors)."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False, hide_input_in_errors=True
    )


class ResponseModel(BaseModel):
    """What a service answers."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Page(ResponseModel, Generic[T]):
    """A part of a list; `next_cursor` fetches the following part and is null at the end."""

    items: list[T]
    next_cursor: str | None = Field(default=None, description="Opaque; null on the last page.")


class ProblemOut(ResponseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
