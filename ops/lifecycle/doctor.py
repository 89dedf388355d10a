"""`make doctor`: every check, with what was found or how to mend it."""

from rich.console import Console

from ops.lifecycle import preflight
from ops.problems import Problem


def examine(console: Console) -> bool:
    """Print all checks; True when nothing is wrong."""
    well = True
    for check in preflight.all_checks():
        try:
            console.print(f"[green]ok[/]     {check.name}: {check.run()}", soft_wrap=True)
        except Problem as problem:
            well = False
            console.print(f"[red]wrong[/]  {check.name}: {problem.cause}", soft_wrap=True)
            console.print(f"       remedy: {problem.remedy}", soft_wrap=True)
    return well
