"""Settings for every suite."""

import os

import pytest
from hypothesis import settings as hypothesis

from ops import settings

# Tests talk to LocalStack and to nothing else, whatever account the caller's shell is signed in to. An endpoint that
# the caller has set stays, so that one suite can be pointed at a LocalStack of its own.
for _name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"):
    os.environ.pop(_name, None)
for _name, _value in settings.aws_environment().items():
    os.environ.setdefault(_name, _value)
os.environ["PATH"] = os.pathsep.join([str(settings.VENV_BIN), str(settings.NODE_BIN), os.environ.get("PATH", "")])

# An assertion that two suites share says what it compared, like one in a test.
pytest.register_assert_rewrite("tests.chaos.invariants")

# The same examples on every run and no deadline: two cores are shared by everything under test.
hypothesis.register_profile("project", deadline=None, derandomize=True)
hypothesis.load_profile("project")
