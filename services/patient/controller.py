"""The HTTP interface of the patient service."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Body, Query, Request, Response

from services.common.dto import MERGE_PATCH, Page
from services.common.etags import etag, not_modified
from services.common.paging import page_of
from services.common.web.dependencies import IdempotencyKey, IfMatch, MergePatch, PageQuery, requires, service
from services.common.web.routing import router as make_router
from services.contracts.roles import Scope
from services.patient import mapper
from services.patient.composition import patient_service
from services.patient.dto import (
    PatientChangeOut,
    PatientIn,
    PatientOut,
    PatientPatchIn,
    PatientQuery,
    RegisteredPatientOut,
)
from services.patient.service import PatientService

router = make_router("/api/patients", tags=["patients"])
READ, WRITE = requires(Scope.PATIENTS_READ), requires(Scope.PATIENTS_WRITE)
Patients = Annotated[PatientService, service(patient_service)]


@router.post("", status_code=201, dependencies=[WRITE, IdempotencyKey], summary="Register a patient")
async def register_patient(body: PatientIn, patients: Patients, response: Response) -> RegisteredPatientOut:
    """STAFF and ADMIN register anybody; 409 when the e-mail address is taken. A PATIENT registers themselves, once.

    `warnings` lists records with the same name and date of birth.
    """
    registered = await patients.register(mapper.patient_details_from(body))
    response.headers["Location"] = f"{router.prefix}/{registered.patient.id}"
    response.headers["ETag"] = etag(registered.patient.version)
    return mapper.registered_patient_out(registered)


@router.get("", dependencies=[READ], summary="List and search patients", response_model=Page[PatientOut])
async def list_patients(query: Annotated[PatientQuery, Query()], patients: Patients) -> Response:
    """A PATIENT sees only their own record."""
    return page_of(await patients.list(mapper.patient_filter(query), query), mapper.patient_out)


@router.get("/{id}", dependencies=[READ], summary="Read a patient's record", response_model=PatientOut)
async def get_patient(id: UUID, patients: Patients, request: Request, response: Response) -> PatientOut | Response:
    """404 when the record does not exist, was deleted or is somebody else's."""
    patient = await patients.get(id)
    tag = response.headers["ETag"] = etag(patient.version)
    return not_modified(request, tag) or mapper.patient_out(patient)


@router.put("/{id}", dependencies=[WRITE], summary="Replace a patient's details")
async def replace_patient(
    id: UUID, body: PatientIn, condition: IfMatch, patients: Patients, response: Response
) -> PatientOut:
    """412 when If-Match names another version than the current one. A detail that is left out is removed."""
    patient = await patients.replace(id, mapper.patient_details_from(body), condition)
    response.headers["ETag"] = etag(patient.version)
    return mapper.patient_out(patient)


@router.patch("/{id}", dependencies=[WRITE, MergePatch], summary="Change some of a patient's details")
async def patch_patient(
    id: UUID,
    body: Annotated[PatientPatchIn, Body(media_type=MERGE_PATCH)],
    condition: IfMatch,
    patients: Patients,
    response: Response,
) -> PatientOut:
    """A merge patch (RFC 7396): a detail that is left out stays, and null removes it. The rest is as for PUT."""
    patient = await patients.patch(id, mapper.patient_patch_from(body), condition)
    response.headers["ETag"] = etag(patient.version)
    return mapper.patient_out(patient)


@router.delete("/{id}", status_code=204, dependencies=[WRITE], summary="Delete a patient's record")
async def delete_patient(id: UUID, condition: IfMatch, patients: Patients) -> None:
    """The record is no longer found. It is stored for the time that the law requires.

    409 `open-matters` while the patient has booked visits or open invoices. `appointments` and `invoices` name them.
    503 when the services that know them do not answer.
    """
    await patients.delete(id, condition)


@router.get(
    "/{id}/history",
    dependencies=[READ],
    summary="Read how a patient's record changed",
    response_model=Page[PatientChangeOut],
)
async def get_patient_history(id: UUID, page: PageQuery, patients: Patients) -> Response:
    """The newest version comes first."""
    return page_of(await patients.history(id, page), mapper.patient_change_out)
