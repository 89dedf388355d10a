"""`make doctor`: all checks of the machine."""

from rich.console import Console

from ops.lifecycle import preflight
from ops.problems import Problem


def examine(console: Console) -> bool:
    """Prints what each check found, or the remedy. Returns whether all succeeded."""
    healthy = True
    for check in preflight.all_checks():
        try:
            console.print(f"[green]ok[/]     {check.name}: {check.run()}", soft_wrap=True)
        except Problem as problem:
            healthy = False
            console.print(f"[red]wrong[/]  {check.name}: {problem.cause}", soft_wrap=True)
            console.print(f"       remedy: {problem.remedy}", soft_wrap=True)
    return healthy
