"""A line of an Application Load Balancer's access log.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
"""

from datetime import UTC, datetime
from typing import Any

from localstack_engines.services.elbv2.models import Listener, LoadBalancer, Rule

_ABSENT = "-"
_ACTIONS = {"forward": "forward", "redirect": "redirect", "fixed-response": "fixed-response"}


def line(balancer: LoadBalancer, groups: dict[str, str], entry: dict[str, Any]) -> str:
    """Returns the line of a request. `groups` has the ARNs of target groups by the names of HAProxy's sections."""
    listener, rule = _rule(balancer, entry.get("rule"))
    target = f"{entry['target']}:{entry['targetPort']}" if entry.get("targetStatus") else _ABSENT
    scheme = listener.protocol.lower() if listener else "http"
    kind = "h2" if entry.get("version") == "HTTP/2.0" and scheme == "https" else scheme
    port = listener.port if listener else 80
    queued = _sum(entry, "requestMs", "queueMs", "connectMs")
    fields = [
        kind,
        _time(entry.get("endedMs")),
        "/".join(balancer.path),
        f"{entry.get('client')}:{entry.get('clientPort')}",
        target,
        _seconds(queued if entry.get("targetStatus") else None),
        _seconds(entry.get("targetMs") if entry.get("targetStatus") else None),
        _seconds(0 if entry.get("targetStatus") else None),
        entry.get("status") or _ABSENT,
        entry.get("targetStatus") or _ABSENT,
        entry.get("received") or 0,
        entry.get("sent") or 0,
        _quoted(f"{entry.get('method')} {scheme}://{_host(entry)}:{port}{entry.get('uri')} {entry.get('version')}"),
        _quoted(entry.get("userAgent")),
        entry.get("cipher") or _ABSENT,
        entry.get("protocol") or _ABSENT,
        groups.get(entry.get("pool") or "", _ABSENT),
        _quoted(entry.get("trace")),
        _quoted(entry.get("sni")),
        _quoted(listener.certificates[0] if listener and listener.certificates else None),
        _priority(rule),
        _time(entry.get("startedMs")),
        _quoted(_ACTIONS[rule.actions[-1]["Type"]] if rule else None),
        _quoted(entry.get("location")),
        _quoted(None),
        _quoted(target),
        _quoted(entry.get("targetStatus")),
        _quoted(None),
        _quoted(None),
        _ABSENT,
    ]
    return " ".join(str(field) for field in fields)


def _rule(balancer: LoadBalancer, identifier: str | None) -> tuple[Listener | None, Rule | None]:
    for listener in list(balancer.listeners.values()):
        for rule in listener.rules:
            if identifier == f"r{rule.arn.rsplit('/', 1)[-1]}":
                return listener, rule
    return None, None


def _priority(rule: Rule | None) -> str:
    """Returns 0 for the default rule, as AWS writes it."""
    if rule is None:
        return _ABSENT
    return "0" if rule.is_default else rule.priority


def _host(entry: dict[str, Any]) -> str:
    return str(entry.get("host") or "").partition(":")[0]


def _sum(entry: dict[str, Any], *names: str) -> int:
    return sum(max(0, int(entry.get(name) or 0)) for name in names)


def _seconds(milliseconds: int | None) -> str:
    """Returns a time in seconds, -1 when there is none."""
    return "-1" if milliseconds is None or milliseconds < 0 else f"{milliseconds / 1000:.3f}"


def _time(milliseconds: int | None) -> str:
    moment = datetime.fromtimestamp((milliseconds or 0) / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _quoted(value: object) -> str:
    r"""Returns a field in quotes. Quotes and control characters in it are written as \xHH, so no line breaks out."""
    text = _ABSENT if value in (None, "") else str(value)
    return '"' + "".join(one if " " <= one <= "~" and one not in '"\\' else f"\\x{ord(one):02x}" for one in text) + '"'
