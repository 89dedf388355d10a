"""Settings of all test suites."""

import os

import botocore.session  # noqa: F401  (before awscli, whose import makes "botocore" a copy of its own with older models)
import pytest
from hypothesis import settings as hypothesis

from ops import settings

# Tests talk to LocalStack and to nothing else, whatever account the caller's shell is signed in to. An endpoint that
# the caller has set is kept, so that a suite can use another LocalStack.
for _name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"):
    os.environ.pop(_name, None)
for _name, _value in settings.aws_environment().items():
    os.environ.setdefault(_name, _value)
os.environ["PATH"] = os.pathsep.join([str(settings.VENV_BIN), str(settings.NODE_BIN), os.environ.get("PATH", "")])

# Failed assertions in this module, which two suites use, show what they compared, as those in test modules do.
pytest.register_assert_rewrite("tests.chaos.invariants")

# The same examples in each run, and no deadline, because everything under test shares two cores.
hypothesis.register_profile("project", deadline=None, derandomize=True)
hypothesis.load_profile("project")
