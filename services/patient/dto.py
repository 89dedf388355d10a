"""Requests and responses of the patient service."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.common.dto import RequestModel, ResponseModel
from services.common.fields import BirthDate, Email, FreeText, FullDate, PersonName, PhoneNumber
from services.common.paging import PageRequest

SearchText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class PatientIn(RequestModel):
    """A record as a person writes it, to register or to replace it."""

    name: PersonName
    email: Email
    dob: BirthDate = Field(description="Date of birth.")
    phone: PhoneNumber | None = None
    address: FreeText | None = None


class PatientQuery(PageRequest):
    """What to list. Everything given must hold."""

    q: SearchText | None = Field(
        default=None,
        description="Start of the name, of one of its words or of the e-mail address; where nothing starts so, names "
        "that are similar, the most similar first.",
    )
    name: SearchText | None = Field(
        default=None, description="Start of the name or of one of its words; case and accents do not matter."
    )
    email: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=254)] | None = Field(
        default=None, description="The whole address; case does not matter."
    )
    dob: FullDate | None = Field(default=None, description="Date of birth.")
    sort: Literal["name", "-name", "registered_at", "-registered_at", "dob", "-dob"] | None = Field(
        default=None, description="Order; `-` reverses it. The newest come first when nothing is given."
    )


class PatientOut(ResponseModel):
    """A patient's record."""

    id: UUID
    name: str
    email: str
    dob: date
    phone: str | None
    address: str | None
    owner_user_id: UUID | None = Field(description="The user whose own record it is, who registered it as a PATIENT.")
    registered_at: datetime
    updated_at: datetime
    version: int


class LikelyDuplicate(ResponseModel):
    """Other records have the same name and date of birth: perhaps the same person."""

    code: Literal["likely-duplicate"] = "likely-duplicate"
    patient_ids: list[UUID]


class RegisteredPatientOut(PatientOut):
    """A new record, and what is odd about it."""

    warnings: list[LikelyDuplicate]


class PatientChangeOut(ResponseModel):
    """One version of a record."""

    version: int
    kind: Literal["REGISTERED", "UPDATED", "DELETED"]
    changed_at: datetime
    changed_by: UUID = Field(description="The user who did it.")
    changes: dict[str, Any] = Field(description="Detail -> its value `from` and `to`.")
