"""`make soak`: long, so not part of `make test`. The fixtures are the chaos suite's."""

from tests.chaos.conftest import clinic, system

__all__ = ["clinic", "system"]
