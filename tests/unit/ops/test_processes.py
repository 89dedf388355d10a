import sys

import pytest

from ops import processes
from ops.problems import Problem


def test_a_command_that_fails_is_a_problem_with_its_last_lines() -> None:
    program = "import sys; print('first'); print('last'); sys.exit(3)"
    with pytest.raises(Problem, match="it failed") as caught:
        processes.check([sys.executable, "-c", program], "it failed", "try again")
    assert caught.value.remedy == "try again"
    assert caught.value.details == "first\nlast"


def test_each_line_of_output_is_passed_on() -> None:
    lines: list[str] = []
    processes.check([sys.executable, "-c", "print('one'); print('two')"], "it failed", "", on_line=lines.append)
    assert lines == ["one", "two"]
