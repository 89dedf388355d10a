"""What a request says shall become of its stack when it fails.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
"""

from localstack.aws.api.cloudformation import CreateChangeSetInput, CreateStackInput
from localstack.services.cloudformation.engine.validations import ValidationError


def wanted(request: CreateStackInput) -> str:
    """Returns what a failed creation ends with: ROLLBACK, DELETE or DO_NOTHING. Raises ValidationError."""
    if request.get("OnFailure") and request.get("DisableRollback") is not None:
        raise ValidationError("Only one of DisableRollback and OnFailure may be specified.")
    return request.get("OnFailure") or ("DO_NOTHING" if request.get("DisableRollback") else "ROLLBACK")


def refuse_without_rollback(disabled: bool | None) -> None:
    """Raises ValidationError for an update that shall not be rolled back: the template of such a stack is unclear."""
    if disabled:
        raise ValidationError(
            "The local CloudFormation rolls back every failed update: DisableRollback is not supported."
        )


def refuse_deletion(request: CreateChangeSetInput) -> None:
    """Raises ValidationError for an update whose failure shall delete the stack."""
    if request.get("OnStackFailure") == "DELETE":
        raise ValidationError("OnStackFailure DELETE is only valid when ChangeSetType is CREATE")
