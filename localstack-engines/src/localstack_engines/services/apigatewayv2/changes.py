"""What a change of records consisted of, so that it can be undone while other changes go on."""

from typing import Any

_ABSENT = object()


class Change:
    """Compares dictionaries before and after a change, key by key. A value counts as changed when it is another object.

    So a change has to replace values, and may not alter a list or an object in place.
    """

    def __init__(self, *dictionaries: dict[str, Any]) -> None:
        self._before = [(live, dict(live)) for live in dictionaries]
        self._changed: list[tuple[dict[str, Any], dict[str, tuple[Any, Any]]]] | None = None

    def end(self) -> None:
        """Finds what has changed. Later changes do not belong to it."""
        if self._changed is None:
            self._changed = [(live, _differences(live, before)) for live, before in self._before]

    def undo(self) -> None:
        """Gives every changed key its former value, and removes those that are new.

        What has been changed again since the end stays as it is.
        """
        self.end()
        for live, changed in self._changed or ():
            for key, (former, given) in changed.items():
                if live.get(key, _ABSENT) is not given:
                    continue
                if former is _ABSENT:
                    del live[key]
                else:
                    live[key] = former


def _differences(now: dict[str, Any], before: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Returns the former and the present value of each key that has another one, in the former order."""
    values = {key: (before.get(key, _ABSENT), now.get(key, _ABSENT)) for key in {**before, **now}}
    return {key: (former, given) for key, (former, given) in values.items() if former is not given}
