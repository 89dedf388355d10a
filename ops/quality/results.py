"""The results of several runs of pytest, added up."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

WIDTH = 80
_NAMES = {"failures": "failed", "passed": "passed", "skipped": "skipped", "errors": "error"}


def closing_line(reports: Iterable[Path], seconds: float) -> str:
    """Returns a line as pytest ends with. `reports` are the JUnit reports of the runs, `seconds` their time."""
    counts: Counter[str] = Counter()
    for report in reports:
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            found = {name: int(suite.get(name, 0)) for name in ("failures", "errors", "skipped")}
            counts.update(found, passed=int(suite.get("tests", 0)) - sum(found.values()))
    parts = [f"{counts[name]} {word}" for name, word in _NAMES.items() if counts[name]]
    return f" {', '.join(parts) or 'no tests ran'} in {seconds:.2f}s ".center(WIDTH, "=")
