"""How often metrics are taken."""

from localstack_engines.toolkit import settings

_ALLOWED = (10, 30, 60)


def seconds() -> int:
    """Returns the period of metrics: a minute as on AWS, or what `ENGINES_METRIC_SECONDS` says (10, 30 or 60).

    Raises ValueError for any other value: CloudWatch's alarms have no such period.
    """
    chosen = int(settings.variable("METRIC_SECONDS", "60"))
    if chosen not in _ALLOWED:
        raise ValueError(f"ENGINES_METRIC_SECONDS is {chosen}, and must be one of {_ALLOWED}")
    return chosen
