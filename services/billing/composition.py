"""Constructs the services of billing for one caller."""

from __future__ import annotations

from services.billing.config import BillingSettings
from services.billing.repository.accounts import AccountRepository
from services.billing.repository.corrections import CorrectionRepository
from services.billing.repository.fees import FeeRepository
from services.billing.repository.invoices import InvoiceRepository
from services.billing.service.accounts import AccountService
from services.billing.service.charges import ChargeService
from services.billing.service.corrections import CorrectionService
from services.billing.service.fees import FeeService
from services.billing.service.invoices import InvoiceService
from services.common.runtime import Runtime
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork

BillingRuntime = Runtime[BillingSettings]


def account_service(principal: Principal, uow: UnitOfWork, runtime: BillingRuntime) -> AccountService:
    """Returns the service of accounts for one caller and one transaction."""
    return AccountService(principal, uow, runtime.settings, AccountRepository(uow))


def fee_service(principal: Principal, uow: UnitOfWork, runtime: BillingRuntime) -> FeeService:
    """Returns the service of the fee schedule for one caller and one transaction."""
    return FeeService(principal, uow, FeeRepository(uow))


def invoice_service(principal: Principal, uow: UnitOfWork, runtime: BillingRuntime) -> InvoiceService:
    """Returns the service of invoices for one caller and one transaction."""
    accounts = account_service(principal, uow, runtime)
    return InvoiceService(principal, uow, InvoiceRepository(uow), CorrectionRepository(uow), accounts)


def correction_service(principal: Principal, uow: UnitOfWork, runtime: BillingRuntime) -> CorrectionService:
    """Returns the service of corrections for one caller and one transaction."""
    accounts, invoices = account_service(principal, uow, runtime), invoice_service(principal, uow, runtime)
    return CorrectionService(principal, uow, invoices, InvoiceRepository(uow), CorrectionRepository(uow), accounts)


def charge_service(principal: Principal, uow: UnitOfWork, runtime: BillingRuntime) -> ChargeService:
    """Returns the service of charges for one caller and one transaction."""
    accounts, corrections = account_service(principal, uow, runtime), correction_service(principal, uow, runtime)
    return ChargeService(principal, uow, InvoiceRepository(uow), accounts, corrections)
