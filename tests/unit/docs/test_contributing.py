"""CONTRIBUTING.md explains every check of `make lint` and every suite of `make test`."""

import re

from ops.quality import checks
from ops.settings import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text()
FIRST_CELLS = set(re.findall(r"^\| ([^|]+?) \|", PAGE, re.MULTILINE))


def test_every_linter_is_explained() -> None:
    assert {name for name, _ in checks.LINTERS} <= FIRST_CELLS


def test_every_suite_is_explained() -> None:
    assert {f"`{suite}/`" for suite in checks.SUITES} <= FIRST_CELLS
