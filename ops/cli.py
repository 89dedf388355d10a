"""The commands behind the Makefile. Each imports what it needs only when it runs, so that `python -m ops` is quick."""

import os
import shlex
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from ops import processes, settings
from ops.lifecycle import locking
from ops.problems import Problem
from ops.rotation.delays import PUBLICATION_SECONDS, TOKEN_SECONDS

app = typer.Typer(
    help="Patient Management System: operator commands.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# Without a terminal Rich assumes 80 columns and cuts off tables.
console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
errors = Console(stderr=True, highlight=False)

Service = Annotated[str, typer.Argument(help="auth, patient, ... or localstack")]
Arguments = Annotated[list[str] | None, typer.Argument(help="passed on to the service's own command")]


def say(line: str) -> None:
    """Prints what a command is about to do."""
    console.print(f"==> {line}", markup=False, soft_wrap=True)


@app.callback()
def check() -> None:
    """Refuses a stage that does not exist, before anything is done."""
    if settings.STAGE not in settings.STAGES:
        raise Problem(f"there is no stage {settings.STAGE!r}", f"STAGE={' or STAGE='.join(settings.STAGES)}")


@app.command()
def up() -> None:
    """Build, start and deploy everything."""
    from ops.lifecycle.up import up as bring_up
    from ops.look.urls import show

    with locking.exclusive(say):
        bring_up(console)
        show(console)


@app.command()
def down() -> None:
    """Remove the running system."""
    from ops.lifecycle.down import down as take_down

    with locking.exclusive(say):
        take_down(say)


@app.command()
def clean() -> None:
    """Remove the running system, images and caches."""
    from ops.lifecycle.down import clean as clean_up

    with locking.exclusive(say):
        clean_up(say)


@app.command()
def status() -> None:
    """Show everything that runs on one screen."""
    from ops.look.status import show

    show(console)


@app.command()
def urls() -> None:
    """Show addresses, and how to sign in."""
    from ops.look.urls import show

    show(console)


@app.command()
def logs(service: Service = "") -> None:
    """Follow a service's log."""
    from ops.look.inspect import follow_logs

    follow_logs(service)


@app.command()
def psql(service: Service = "") -> None:
    """Open a service's database."""
    from ops.look.inspect import open_database

    open_database(service)


@app.command()
def kafka(
    topic: Annotated[str, typer.Argument(help="without one, lists the topics")] = "",
    limit: Annotated[int, typer.Option(help="stop after this many events; 0: follow")] = 0,
) -> None:
    """Print a topic's events from its beginning."""
    from ops.look.events import consume

    consume(console, topic, limit)


@app.command("dead-letters", context_settings={"ignore_unknown_options": True})
def dead_letters(service: Service = "", arguments: Arguments = None) -> None:
    """Handle messages that a service could not process: list, show, replay, discard."""
    from ops.look.inspect import run_in_task

    run_in_task(service, ["dead-letters", *(arguments or ["list"])])


@app.command(context_settings={"ignore_unknown_options": True})
def audit(service: Service = "", arguments: Arguments = None) -> None:
    """Read a service's audit log: verify, patient."""
    from ops.look.inspect import run_in_task

    run_in_task(service, ["audit", *(arguments or ["verify"])])


@app.command("rotate-keys")
def rotate_keys(
    wait: Annotated[bool, typer.Option(help="wait for each step; otherwise take only those that are due")] = True,
    publication_seconds: Annotated[
        int, typer.Option(min=0, help="how long a new key is published before it signs (on AWS: 7500)")
    ] = PUBLICATION_SECONDS,
    token_seconds: Annotated[
        int, typer.Option(min=0, help="how long the old key is published after its last signature")
    ] = TOKEN_SECONDS,
) -> None:
    """Replace the key that signs access tokens; tokens stay valid. An interrupted run can be repeated.

    It takes about 22 minutes, most of which it waits: a new key is published first, signs when every verifier knows
    it, and the old one is withdrawn when its last token has expired.
    """
    from ops.rotation.rotate import rotate_keys as rotate

    rotate(console, say, publication_seconds=publication_seconds, token_seconds=token_seconds, wait=wait)


@app.command()
def demo(size: Annotated[str, typer.Argument(help="small or large (100,000 patients)")] = "small") -> None:
    """Fill the running system with an invented clinic."""
    from ops.demo.seed import demo as seed

    seed(console, size)


@app.command()
def doctor() -> None:
    """Check this machine and name the remedies."""
    from ops.lifecycle.doctor import examine

    raise typer.Exit(0 if examine(console) else 1)


@app.command()
def environment() -> None:
    """Print shell commands that point awslocal and cdklocal at the running LocalStack (see ops/activate)."""
    for name, value in settings.aws_environment().items():
        typer.echo(f"export {name}={shlex.quote(value)}")
    typer.echo(f'export PATH={shlex.quote(f"{settings.VENV_BIN}:{settings.NODE_BIN}")}:"$PATH"')


@app.command()
def shell() -> None:
    """Start a shell in which awslocal, cdklocal and localstack are set up."""
    program = os.environ.get("SHELL", "/bin/sh")
    say("In this shell awslocal, cdklocal and localstack talk to the running LocalStack; leave it with exit")
    os.execvpe(program, [program], settings.child_environment())


@app.command(context_settings={"ignore_unknown_options": True})
def test(arguments: Annotated[list[str] | None, typer.Argument(help="passed on to pytest")] = None) -> None:
    """Run every test; brings up what they need."""
    from ops.quality.checks import run_tests

    raise typer.Exit(run_tests(console, say, arguments or []))


@app.command()
def lint() -> None:
    """Run ruff, mypy, import-linter, and the checks of generated files."""
    from ops.quality.checks import run_lint

    raise typer.Exit(run_lint(console))


@app.command()
def bench() -> None:
    """Measure the system: times, memory, gateway."""
    from ops.load.bench_system import bench_system

    bench_system(console)


@app.command("bench-services")
def bench_services(
    write: Annotated[bool, typer.Option(help="put the figures into docs/performance.md")] = False,
) -> None:
    """Measure the services under load."""
    from ops.load.bench_services import bench_services as run

    run(console, write)


@app.command("bench-compare")
def bench_compare(
    base: Annotated[str, typer.Argument(help="the commit to compare with")],
    seconds: Annotated[float, typer.Option(min=0.5, max=60, help="length of each measurement")] = 3.0,
    scenarios: Annotated[str, typer.Option(help="parts of the calls' names, separated by commas")] = "",
    write: Annotated[bool, typer.Option(help="put the table into docs/performance.md")] = False,
) -> None:
    """Compare the services under load with another commit's."""
    from ops.load.bench_compare import bench_compare as run

    only = [text.strip() for text in scenarios.split(",") if text.strip()]
    run(console, base, seconds, only, write)


@app.command("bench-flood")
def bench_flood(
    per_second: Annotated[float, typer.Option(min=1, max=1000, help="anonymous requests a second")] = 50.0,
    seconds: Annotated[float, typer.Option(min=1, max=600, help="length of the flood")] = 60.0,
) -> None:
    """Measure what people notice of a flood of anonymous requests."""
    from ops.load.bench_flood import bench_flood as run

    run(console, per_second, seconds)


def main() -> None:
    """Runs the command, and turns an error into a message and an exit status."""
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(_guarded(app))


def _guarded(command: Callable[..., object]) -> int:
    status: object = 0
    try:
        status = command(standalone_mode=False)  # typer.Exit becomes the return value, Ctrl-C becomes 130
    except Problem as problem:
        _show(problem)
        return 1
    except (KeyboardInterrupt, processes.Interrupted, typer.Abort):
        status = 130
    except Exception as error:
        if hasattr(error, "show"):  # an error of click: wrong arguments
            error.show()
            return 2
        if not type(error).__module__.startswith("botocore."):
            raise
        _show(Problem(f"an AWS API of LocalStack does not answer as expected: {error}", "make status; make up"))
        return 1
    if status == 130:
        processes.stop_all()
        errors.print("\ninterrupted; run the same command again to continue")
    return status if isinstance(status, int) else 0


def _show(problem: Problem) -> None:
    if problem.details:
        errors.print(problem.details, markup=False, soft_wrap=True)
    errors.print(f"\n[bold red]error:[/] {_escape(problem.cause)}", soft_wrap=True)
    if problem.remedy:
        errors.print(f"[bold]remedy:[/] {_escape(problem.remedy)}", soft_wrap=True)


def _escape(text: str) -> str:
    return text.replace("[", "\\[")


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
