"""The report that is written into `docs/performance.md`."""

import pytest

from ops.load import report
from ops.load.containers import Container


def test_figures_are_put_between_the_marks_of_the_page(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "performance.md"  # type: ignore[operator]
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    monkeypatch.setattr(report, "PAGE", page)
    report.write(report.containers([Container("auth", 100.4, 1.53)]))
    text = page.read_text()
    assert "old" not in text
    assert "| auth | 100 | 1.5 |" in text
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
