"""The billing service."""

from services.billing import consumers, grpc_server
from services.billing.config import BillingSettings
from services.billing.controller import accounts, corrections, fees, invoices
from services.common.web.app import create_app
from services.contracts import topics

app = create_app(
    "billing",
    title="Billing",
    settings=BillingSettings,
    routers=[accounts.router, corrections.router, fees.router, invoices.router],
    topics=[topics.BILLING],
    consumers=consumers.handlers,
    grpc_services=grpc_server.register,
)
