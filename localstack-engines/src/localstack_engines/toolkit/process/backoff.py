"""Delays between restarts of a crashing process."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """Exponential delay in seconds with jitter; a process that stayed up for `reset_after` starts over."""

    initial: float = 0.1
    maximum: float = 10.0
    factor: float = 2.0
    reset_after: float = 10.0  # the longest delay: a process that ran for longer is not in a crash loop

    def delay(self, failures: int) -> float:
        """Returns the seconds to wait before start number `failures` + 1 (`failures` >= 1).

        Half of the delay is random, so that processes that died of one cause do not restart at the same time.
        """
        # The exponent is capped: a float power overflows after about a thousand failures.
        ceiling = min(self.maximum, self.initial * self.factor ** min(failures - 1, 32))
        return ceiling / 2 + random.uniform(0, ceiling / 2)  # noqa: S311 - jitter, no secret
