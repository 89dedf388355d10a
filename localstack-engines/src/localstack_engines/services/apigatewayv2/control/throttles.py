"""The limits in the settings of stages and routes."""

from localstack_engines.gateway.model import Throttle
from localstack_engines.services.apigatewayv2.store import to_json_keys


def throttle(route_settings: dict) -> Throttle | None:
    """Returns the limit in the settings of a stage or route. Moto keeps keys in either spelling ("rate", "Rate")."""
    values = to_json_keys(route_settings)
    rate, burst = values.get("throttlingRateLimit"), values.get("throttlingBurstLimit")
    if rate is None and burst is None:
        return None
    if rate is None:
        rate = burst
    # A limit without a burst lets the requests of one second through at once.
    return Throttle(rate=float(rate or 0), burst=max(1, round(rate or 0)) if burst is None else int(burst))
