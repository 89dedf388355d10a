"""The README's commands work: bash runs every block that is marked `tested`."""

import re
import subprocess

import pytest

from ops import settings

BLOCK = re.compile(r"<!-- tested: (?P<name>[^>]+) -->\n+```bash\n(?P<commands>.*?)```", re.DOTALL)
README = (settings.ROOT / "README.md").read_text()
BLOCKS = [(match["name"], match["commands"]) for match in BLOCK.finditer(README)]


def test_the_readme_has_tested_blocks() -> None:
    assert len(BLOCKS) >= 4


@pytest.mark.skipif(settings.STAGE != "local", reason="the README's commands name the local stage")
@pytest.mark.parametrize("commands", [pytest.param(commands, id=name) for name, commands in BLOCKS])
def test_the_readmes_commands_work(commands: str) -> None:
    script = f"set -euo pipefail\n{commands}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=settings.ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip(), "the commands of the block print nothing"
