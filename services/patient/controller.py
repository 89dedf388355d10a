"""The patient service's HTTP interface."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import BackgroundTasks, Depends, Query, Request, Response

from services.common.dto import Page
from services.common.etags import etag, not_modified
from services.common.runtime import Runtime
from services.common.web.dependencies import (
    CurrentPrincipal,
    IdempotencyKey,
    IfMatch,
    PageQuery,
    Uow,
    component,
    requires,
    runtime,
)
from services.common.web.routing import router as make_router
from services.contracts.roles import Scope
from services.patient import mapper
from services.patient.composition import patient_service
from services.patient.dto import PatientChangeOut, PatientIn, PatientOut, PatientQuery, RegisteredPatientOut
from services.patient.grpc_clients import Components
from services.patient.service import PatientService

router = make_router("/api/patients", tags=["patients"])
READ, WRITE = requires(Scope.PATIENTS_READ), requires(Scope.PATIENTS_WRITE)


async def _patients(
    principal: CurrentPrincipal, work: Uow, process: Annotated[Runtime[Any, Any], Depends(runtime)]
) -> PatientService:
    return patient_service(principal, work, process)


Patients = Annotated[PatientService, Depends(_patients)]
Parts = Annotated[Components, component(Components)]


@router.post("", status_code=201, dependencies=[WRITE, IdempotencyKey], summary="Register a patient")
async def register_patient(
    body: PatientIn, patients: Patients, parts: Parts, background: BackgroundTasks, response: Response
) -> RegisteredPatientOut:
    """STAFF and ADMIN register anybody; a PATIENT themselves, once. 409 when the e-mail address is taken.

    `warnings` names records with the same name and date of birth.
    """
    registration = await patients.register(mapper.details(body))
    patient = registration.patient
    if parts.billing:
        # Runs once the transaction has committed and the answer is on its way.
        background.add_task(parts.billing.open_account, patient.id, patient.owner_user_id)
    response.headers["Location"] = f"{router.prefix}/{patient.id}"
    response.headers["ETag"] = etag(patient.version)
    return mapper.registered_out(registration)


@router.get("", dependencies=[READ], summary="List and search patients")
async def list_patients(query: Annotated[PatientQuery, Query()], patients: Patients) -> Page[PatientOut]:
    """A PATIENT finds their own record only."""
    found = await patients.list(mapper.criteria(query), query)
    return Page(items=[mapper.patient_out(item) for item in found.items], next_cursor=found.next_cursor)


@router.get("/{id}", dependencies=[READ], summary="Read a patient's record")
async def get_patient(id: UUID, patients: Patients, request: Request, response: Response) -> PatientOut:
    """404 for a record that is deleted or somebody else's, as for one that does not exist."""
    patient = await patients.get(id)
    tag = etag(patient.version)
    unchanged = not_modified(request, tag)
    if unchanged:
        return unchanged  # type: ignore[return-value]
    response.headers["ETag"] = tag
    return mapper.patient_out(patient)


@router.put("/{id}", dependencies=[WRITE], summary="Replace a patient's details")
async def replace_patient(
    id: UUID, body: PatientIn, condition: IfMatch, patients: Patients, response: Response
) -> PatientOut:
    """412 when If-Match names another version than the current. What is left out is emptied."""
    patient = await patients.replace(id, mapper.details(body), condition)
    response.headers["ETag"] = etag(patient.version)
    return mapper.patient_out(patient)


@router.delete("/{id}", status_code=204, dependencies=[WRITE], summary="Delete a patient's record")
async def delete_patient(id: UUID, condition: IfMatch, patients: Patients) -> None:
    """From then on it is found nowhere; it is kept for the time the law demands."""
    await patients.delete(id, condition)


@router.get("/{id}/history", dependencies=[READ], summary="Read how a patient's record changed")
async def get_patient_history(id: UUID, page: PageQuery, patients: Patients) -> Page[PatientChangeOut]:
    """The newest version comes first."""
    found = await patients.history(id, page)
    return Page(items=[mapper.change_out(change) for change in found.items], next_cursor=found.next_cursor)
