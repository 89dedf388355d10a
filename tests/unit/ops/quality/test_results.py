from pathlib import Path

from ops.quality.results import closing_line

REPORT = """<?xml version="1.0"?><testsuites name="pytest tests">
<testsuite name="pytest" errors="{errors}" failures="{failures}" skipped="{skipped}" tests="{tests}"/>
</testsuites>"""


def write(file: Path, **counts: float) -> Path:
    values = {"errors": 0, "failures": 0, "skipped": 0, "tests": 0, **counts}
    file.write_text(REPORT.format(**values))
    return file


def test_the_results_of_all_runs_are_added(tmp_path: Path) -> None:
    first = write(tmp_path / "1.xml", tests=10, failures=1, skipped=2)
    second = write(tmp_path / "2.xml", tests=4, errors=1)
    assert closing_line([first, second], 3.75).strip("=") == " 1 failed, 10 passed, 2 skipped, 1 error in 3.75s "


def test_no_run_at_all_is_said(tmp_path: Path) -> None:
    assert "no tests ran" in closing_line([], 0)
