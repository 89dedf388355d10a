"""The errors that the engine raises."""


class TaskFailed(Exception):
    """The task cannot start. `kind` is the error's name, e.g. `CannotPullContainerError`, and begins the message."""

    def __init__(self, kind: str, message: str, container: str | None = None) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.container = container
