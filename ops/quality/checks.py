"""`make test` and `make lint`."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from rich.console import Console

from ops import processes, settings
from ops.lifecycle import locking
from ops.lifecycle.steps import Say
from ops.lifecycle.up import up
from ops.look import urls
from ops.problems import Problem
from ops.quality import results

PLUGIN = "localstack-engines"
SUITES = ("tests/unit", f"{PLUGIN}/tests/unit", "tests/infrastructure", "tests/integration")
# The plugin's live tests make what they use and mostly wait for it, so that they run beside the suites above.
LIVE_SUITE = f"{PLUGIN}/tests/live"
# These look at times, and kill parts of the system, so that they run alone.
SYSTEM_SUITES = ("tests/e2e", "tests/chaos")
INTERRUPTED = 2  # pytest's exit status
LINTERS = (
    ("ruff check", ["ruff", "check", "."]),
    ("ruff format", ["ruff", "format", "--check", "."]),
    ("mypy", ["mypy"]),
    ("import-linter", ["lint-imports", "--no-logo"]),
    (
        "plugin's imports",
        ["env", f"PYTHONPATH={PLUGIN}/src", "lint-imports", "--no-logo", "--config", f"{PLUGIN}/pyproject.toml"],
    ),
    ("support tables", [sys.executable, f"{PLUGIN}/scripts/support.py", "--check"]),
    ("generated stubs", [sys.executable, "-m", "ops.contracts.generate", "--check"]),
    ("published contracts", [sys.executable, "-m", "ops.contracts.publish", "--check"]),
    ("pages", [sys.executable, "-m", "pytest", "-q", "tests/unit/docs"]),
)


@dataclass(frozen=True)
class Check:
    """A linter's name, its exit status, and the end of what it printed."""

    name: str
    status: int
    tail: str


def run_lint(console: Console) -> int:
    """Runs all linters, and prints the output of those that fail. Returns the exit status for the shell."""
    return max([_report(console, check) for check in _checks()])


def _checks() -> Iterator[Check]:
    for name, command in LINTERS:
        result = processes.stream(command, log=settings.LOGS / f"lint-{name.replace(' ', '-')}.log")
        yield Check(name, result.status, result.tail)


def _report(console: Console, check: Check) -> int:
    console.print(f"{'[red]failed[/]' if check.status else '[green]ok[/]    '} {check.name}")
    if check.status:
        console.print(check.tail, markup=False, soft_wrap=True)
    return 1 if check.status else 0


def run_tests(console: Console, say: Say, arguments: list[str]) -> int:
    """Brings the system up while the linters run, then runs all suites. The last line has all the results.

    Returns the exit status for the shell.
    """
    with locking.exclusive(say), ThreadPoolExecutor(1) as beside:
        # Most of the first `make up` is waiting for packages.
        checks = beside.submit(lambda: list(_checks()))
        say("Bringing the system up")
        try:
            up(console)
            urls.show(console)
        except Problem as problem:
            # pytest runs nevertheless: many tests need no system, and the others fail with the reason.
            say(f"make up failed: {problem.cause}\n{problem.details}")
        say("Checking the code")
        lint = max([_report(console, check) for check in checks.result()])
        say("Running the tests")
        tests = _run_all(say) if not arguments else _pytest(*_selected(arguments))
    return tests or lint


def _run_all(say: Say) -> int:
    """Runs all suites. Returns the exit status, after a closing line that has the results of all."""
    started = time.monotonic()
    reports = [settings.LOGS / f"tests-{name}.xml" for name in ("beside", "live", "system")]
    for report in reports:
        report.unlink(missing_ok=True)
    beside, live, system = (f"--junit-xml={report}" for report in reports)
    status = _run_side_by_side(say, [*SUITES, beside], [LIVE_SUITE, live])
    if status != INTERRUPTED:
        status = max(status, _pytest(*SYSTEM_SUITES, system))
    # The line is for programs too, which read it at the end of the output.
    made = [report for report in reports if report.exists()]
    print(results.closing_line(made, time.monotonic() - started), flush=True)
    return status


def _run_side_by_side(say: Say, shown: list[str], logged: list[str]) -> int:
    """Runs pytest twice at the same time, and prints the output of `logged` at its end. Returns the exit status."""
    log = settings.LOGS / "tests-live.log"
    with ThreadPoolExecutor(1) as beside:
        say(f"The tests of {logged[0]} run beside the others and write {log.relative_to(settings.ROOT)}")
        other = beside.submit(processes.stream, _command(*logged), log=log)
        status = _pytest(*shown)
        say(f"Waiting for the tests of {logged[0]}")
        status = max(status, other.result().status)
    print(log.read_text("utf-8"), flush=True)
    return status


def _pytest(*arguments: str) -> int:
    """Gives pytest the terminal itself, so that its colours and --pdb work. Returns its exit status."""
    return processes.run_in_terminal(_command(*arguments))


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", *arguments]


def _selected(arguments: list[str]) -> list[str]:
    """Adds all suites when the arguments name none. One process runs them, as --pdb needs it."""
    has_paths = any(not argument.startswith("-") and "/" in argument for argument in arguments)
    return arguments if has_paths else [*SUITES, LIVE_SUITE, *SYSTEM_SUITES, *arguments]
