"""The one kind of error that operator commands raise on purpose."""


class Problem(Exception):
    """Something is wrong on this machine or in this deployment, and a person can do something about it."""

    def __init__(self, cause: str, remedy: str = "", *, details: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy
        self.details = details
