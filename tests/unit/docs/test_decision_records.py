"""Decision records are numbered without gaps, have one template, and the index lists what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ops.settings import ROOT

FOLDER = ROOT / "docs" / "adr"
RECORDS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
TEMPLATE = re.compile(
    r"# (?P<number>\d{4}) (?P<title>.+)\n\n"
    r"- Status: (?P<status>.+)\n- Date: (?P<date>\d{4}-\d\d-\d\d)\n\n## Situation\n"
)
HEADINGS = ["Situation", "Decision", "What follows"]
STATUS = re.compile(r"accepted|replaced by \[\d{4}\]\(\d{4}-[\w-]+\.md\)")
ROW = re.compile(r"^\| \[(\d{4})\]\(([\w.-]+)\) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)


def heads(record: Path) -> re.Match[str]:
    found = TEMPLATE.match(record.read_text())
    assert found, f"{record.relative_to(ROOT)}:1: does not begin with title, status, date and situation"
    return found


def test_numbers_have_no_gaps() -> None:
    assert [int(record.name[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", [pytest.param(record, id=record.stem) for record in RECORDS])
def test_a_record_follows_the_template(record: Path) -> None:
    head = heads(record)
    assert re.fullmatch(r"\d{4}(-[a-z0-9]+)+", record.stem)
    assert head["number"] == record.name[:4]
    assert STATUS.fullmatch(head["status"])
    assert re.findall(r"^## (.+)$", record.read_text(), re.MULTILINE) == HEADINGS


def test_the_index_lists_what_the_records_say() -> None:
    said = [
        (head["number"], record.name, head["title"], head["status"], head["date"])
        for record in RECORDS
        if (head := heads(record))
    ]
    assert ROW.findall((FOLDER / "README.md").read_text()) == said
