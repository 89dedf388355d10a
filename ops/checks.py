"""`make test` and `make lint`."""

import subprocess
import sys

from rich.console import Console

from ops import locking, processes, settings
from ops.problems import Problem

# In the order in which a failure is cheapest to understand.
SUITES = (
    "tests/unit",
    "localstack-engines/tests/unit",
    "tests/infrastructure",
    "localstack-engines/tests/live",
    "tests/integration",
    "tests/e2e",
    "tests/chaos",
)
LINTERS = (
    ("ruff check", ["ruff", "check", "."]),
    ("ruff format", ["ruff", "format", "--check", "."]),
    ("mypy", ["mypy"]),
    ("import-linter", ["lint-imports", "--no-logo"]),
    ("generated stubs", [sys.executable, "-m", "ops.contracts.generate", "--check"]),
    ("published contracts", [sys.executable, "-m", "ops.contracts.publish", "--check"]),
)


def run_lint(console: Console) -> int:
    """All linters, each with its output when it objects. The exit status for the shell."""
    failed = []
    for name, command in LINTERS:
        result = processes.stream(command, log=settings.LOGS / f"lint-{name.replace(' ', '-')}.log")
        console.print(f"{'[red]failed[/]' if result.status else '[green]ok[/]    '} {name}")
        if result.status:
            failed.append(name)
            console.print(result.tail, markup=False, soft_wrap=True)
    return 1 if failed else 0


def run_tests(console: Console, arguments: list[str]) -> int:
    """Lint, bring the system up, then one pytest over all suites, so that one closing line tells it all."""
    from ops.up import up

    def say(line: str) -> None:
        console.print(f"==> {line}", markup=False)

    with locking.exclusive(say):
        say("Bringing the system up")
        try:
            up(console)
        except Problem as problem:
            # pytest still runs: what needs no system is judged, and the rest says why it cannot be.
            say(f"make up failed: {problem.cause}\n{problem.details}")
        say("Checking the code")
        lint = run_lint(console)
        say("Running the tests")
        paths = [] if any(not argument.startswith("-") and "/" in argument for argument in arguments) else _suites()
        # Handed the terminal, not streamed: pytest's colours and --pdb work.
        tests = subprocess.run(
            [sys.executable, "-m", "pytest", *paths, *arguments],
            cwd=settings.ROOT,
            env=settings.child_environment(),
            check=False,
        )
    return tests.returncode or lint


def _suites() -> list[str]:
    return list(SUITES)
