"""How the patient service's parts are put together."""

from __future__ import annotations

from typing import Any

from services.common.runtime import Runtime
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.patient.repository import PatientRepository
from services.patient.search import PatientSearch
from services.patient.service import PatientService


def patient_service(principal: Principal, work: UnitOfWork, runtime: Runtime[Any, Any]) -> PatientService:
    """The service for one caller and one transaction, whichever door they came through."""
    session = work.session
    return PatientService(principal, work, PatientRepository(session), PatientSearch(session), runtime.denied)
