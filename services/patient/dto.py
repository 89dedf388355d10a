"""Requests and responses of the patient service."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.common.dto import RequestModel, left_out, response_model
from services.common.fields import BirthDate, Email, FreeText, FullDate, PersonName, PhoneNumber, SearchedEmail
from services.common.paging import PageRequest
from services.patient.entity import ChangeKind

SearchText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class PatientIn(RequestModel):
    """The details of a record, to register or to replace it."""

    name: PersonName
    email: Email
    dob: BirthDate = Field(description="Date of birth.")
    phone: PhoneNumber | None = None
    address: FreeText | None = None


class PatientPatchIn(RequestModel):
    """A merge patch of a record: what is left out stays as it is, and null removes a detail."""

    name: PersonName = Field(default_factory=left_out)
    email: Email = Field(default_factory=left_out)
    dob: BirthDate = Field(default_factory=left_out, description="Date of birth.")
    phone: PhoneNumber | None = None
    address: FreeText | None = None


class PatientQuery(PageRequest):
    """The parameters of the list. A record must match all that are given."""

    q: SearchText | None = Field(
        default=None,
        description="Start of the name, of a word in it, or of the e-mail address. If no record matches, similar names "
        "are listed, the most similar first.",
    )
    name: SearchText | None = Field(
        default=None, description="Start of the name or of a word in it. Case and accents are ignored."
    )
    email: SearchedEmail | None = Field(
        default=None, description="The whole e-mail address. Case is ignored, and a domain in Punycode is the same."
    )
    dob: FullDate | None = Field(default=None, description="Date of birth.")
    sort: Literal["name", "-name", "registered_at", "-registered_at", "dob", "-dob"] | None = Field(
        default=None, description="The order; `-` reverses it. By default the newest records come first."
    )


@response_model
class PatientOut:
    """A patient's record."""

    id: UUID
    name: str
    email: str
    dob: date
    phone: Annotated[str | None, Field(description="In the form of E.164, such as `+4930123456`.")]
    phone_as_typed: str | None
    address: str | None
    owner_user_id: Annotated[
        UUID | None, Field(description="The user who registered the record as a PATIENT: it is their own.")
    ]
    registered_at: datetime
    updated_at: datetime
    version: int


@response_model
class LikelyDuplicateOut:
    """Other records with the same name and date of birth, perhaps of the same person."""

    patient_ids: list[UUID]
    code: Literal["likely-duplicate"] = "likely-duplicate"


@response_model
class RegisteredPatientOut(PatientOut):
    """A new record, with warnings."""

    warnings: list[LikelyDuplicateOut]


@response_model
class PatientChangeOut:
    """One version of a record."""

    version: int
    kind: ChangeKind
    changed_at: datetime
    changed_by: Annotated[UUID, Field(description="The user who made the change.")]
    changes: Annotated[
        dict[str, Any], Field(description="For each detail that changed, its value before (`from`) and after (`to`).")
    ]
