"""When a deployment counts as failed, and how long to wait between attempts (pure).

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

import math

_LEAST, _MOST = 3, 200
_LONGEST_DELAY = 60.0


def threshold(desired: int) -> int:
    """Returns how many failed tasks in a row fail a deployment: half the desired count, at least 3, at most 200."""
    return max(_LEAST, min(_MOST, math.ceil(desired * 0.5)))


def has_tripped(desired: int, failures: int) -> bool:
    return failures >= threshold(desired)


def backoff(failures: int) -> float:
    """Returns the seconds until the next start: 0 after the first failure, then 1, 2, 4 and so on, up to a minute."""
    return 0.0 if failures < 2 else min(_LONGEST_DELAY, 2.0 ** (failures - 2))
