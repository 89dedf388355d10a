"""The comparison of two commits as Markdown."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from ops.load import report
from ops.load.session import Outcome, Way

BEGIN = "<!-- comparison: written by `make bench-compare BASE=... WRITE=1` -->"
END = "<!-- end of comparison -->"


@dataclass(frozen=True)
class Round:
    """One run of the same scenarios on each side."""

    base: list[Outcome]
    own: list[Outcome]


def table(base: str, rounds: list[Round]) -> str:
    """Returns rate and processor time of each scenario and way: the means of the rounds, and their ratio.

    The range is that of the rounds' own ratios: it tells how far the figures can be trusted. A scenario that one of the
    sides does not have is left out.
    """
    head = ["call", "way", f"req/s, {base}", "req/s, now", "ratio", "ratio by round", "failed"]
    head += ["service ms before", "now", "database ms before", "now", "everything ms before", "now"]
    rows = []
    for name, way in _measured_on_both(rounds):
        befores = [_find(one.base, name).ways[way] for one in rounds]
        nows = [_find(one.own, name).ways[way] for one in rounds]
        rows.append(
            [name, way, *_rates(befores, nows), *_costs(_find(rounds[0].own, name).scenario.service, befores, nows)]
        )
    return report.table(f"Compared with {base}", head, rows)


def _measured_on_both(rounds: Iterable[Round]) -> list[tuple[str, str]]:
    sides = [side for one in rounds for side in (one.base, one.own)]
    if not sides:
        return []
    common = set.intersection(*({outcome.scenario.name for outcome in side} for side in sides))
    return [(one.scenario.name, way) for one in sides[-1] if one.scenario.name in common for way in report.WAYS]


def _rates(befores: list[Way], nows: list[Way]) -> list[str]:
    before, now = (fmean(way.result.per_second for way in side) for side in (befores, nows))
    each = sorted(_ratio(two.result.per_second, one.result.per_second) for one, two in zip(befores, nows, strict=True))
    failed = " / ".join(str(sum(sum(way.result.failures.values()) for way in side)) for side in (befores, nows))
    between = f"{report.decimals(each[0])} to {report.decimals(each[-1])}"
    return [f"{before:.0f}", f"{now:.0f}", report.decimals(_ratio(now, before)), between, failed]


def _costs(service: str, befores: list[Way], nows: list[Way]) -> list[str]:
    sides = [[way.spent.groups(service, way.result.sent) for way in side] for side in (befores, nows)]
    cells = []
    for part in ("service", "database"):
        cells += [report.decimals(fmean(groups[part] for groups in side)) for side in sides]
    return cells + [report.decimals(fmean(report.total(groups.values()) for groups in side)) for side in sides]


def _ratio(now: float, before: float) -> float:
    return now / before if before else math.nan


def _find(outcomes: Iterable[Outcome], name: str) -> Outcome:
    return next(one for one in outcomes if one.scenario.name == name)
