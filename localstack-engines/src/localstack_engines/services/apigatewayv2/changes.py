"""What a change of records consisted of, so that it can be undone while other changes go on."""

from typing import Any

_ABSENT = object()


class Change:
    """Compares dictionaries before and after a change, key by key. A value counts as changed when it is another object.

    So a change has to replace values, and may not alter a list or an object in place.
    """

    def __init__(self, *dictionaries: dict[str, Any]) -> None:
        self._before = [(live, dict(live)) for live in dictionaries]
        self._former: list[tuple[dict[str, Any], dict[str, Any]]] | None = None

    def end(self) -> None:
        """Finds what has changed. Later changes of other keys do not belong to it."""
        if self._former is None:
            self._former = [(live, _differences(live, before)) for live, before in self._before]

    def undo(self) -> None:
        """Gives every changed key its former value, and removes those that are new."""
        self.end()
        for live, former in self._former or ():
            for key, value in former.items():
                if value is _ABSENT:
                    live.pop(key, None)
                else:
                    live[key] = value


def _differences(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    keys = now.keys() | before.keys()
    return {key: before.get(key, _ABSENT) for key in keys if now.get(key, _ABSENT) is not before.get(key, _ABSENT)}
