"""The error that operator commands raise on purpose."""


class Problem(Exception):
    """Something is wrong on this machine or in this deployment, and a person can do something about it.

    `cause` and `remedy` are shown to the operator; `details` is output of the command that failed.
    """

    def __init__(self, cause: str, remedy: str = "", *, details: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy
        self.details = details
