"""`make soak` takes long, so it is not part of `make test`. Its fixtures are those of the chaos tests."""

from tests.chaos.conftest import run, system

__all__ = ["run", "system"]
