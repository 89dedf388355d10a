"""The rules of scaling policies.

Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
"""

from typing import Any

from localstack_engines.services.applicationautoscaling.control import step_scaling, target_tracking
from localstack_engines.services.applicationautoscaling.errors import validation_error
from localstack_engines.services.applicationautoscaling.models import STEP, TARGET_TRACKING, Policy

_PREDEFINED, _CUSTOMIZED = "PredefinedMetricSpecification", "CustomizedMetricSpecification"


def check(
    kind: str, previous: Policy | None, configuration: dict[str, Any] | None, policies: list[Policy], name: str
) -> None:
    """Raises ValidationException for a policy that is not valid beside the others of its target."""
    if kind not in (TARGET_TRACKING, STEP):
        raise validation_error(f"The policy type {kind} is not supported by the local application-autoscaling service.")
    if previous is not None and previous.type != kind:
        raise validation_error("The policy type cannot be changed")
    if not configuration:
        raise validation_error(f"{kind} policies need their configuration")
    if kind == STEP:
        _check_steps(configuration)
    else:
        _check_tracking(configuration)
        others = [one.configuration for one in policies if one.type == TARGET_TRACKING and one.name != name]
        if any(_metric(one) == _metric(configuration) for one in others):
            raise validation_error("Only one TargetTrackingScaling policy for a given metric specification is allowed.")


def _check_tracking(configuration: dict[str, Any]) -> None:
    predefined, custom = configuration.get(_PREDEFINED), configuration.get(_CUSTOMIZED)
    if bool(predefined) == bool(custom):
        raise validation_error(f"Exactly one of {_PREDEFINED} and {_CUSTOMIZED} must be specified")
    if configuration["TargetValue"] <= 0:
        raise validation_error("TargetValue must be greater than 0")
    for member in ("ScaleInCooldown", "ScaleOutCooldown"):
        _check_cooldown(member, configuration.get(member))
    if custom:
        missing = [name for name in ("MetricName", "Namespace", "Statistic") if not custom.get(name)]
        if missing:
            raise validation_error(f"{_CUSTOMIZED} needs {', '.join(missing)}")
    if predefined:
        _check_predefined(predefined)


def _check_predefined(specification: dict[str, Any]) -> None:
    kind, label = specification["PredefinedMetricType"], specification.get("ResourceLabel")
    if kind not in target_tracking.PREDEFINED:
        raise validation_error(f"Predefined metric type {kind} is not valid for the service namespace ecs")
    if kind != target_tracking.REQUESTS_PER_TARGET:
        if label:
            raise validation_error(f"Resource label must not be specified for the predefined metric type {kind}")
        return
    try:
        target_tracking.split_label(label or "")
    except ValueError as error:
        raise validation_error(f"Invalid resource label: {label}") from error


def _check_steps(configuration: dict[str, Any]) -> None:
    if not configuration.get("AdjustmentType"):
        raise validation_error("AdjustmentType must be specified for a step scaling policy")
    if not configuration.get("StepAdjustments"):
        raise validation_error("There must be at least one step adjustment in a step scaling policy")
    if problem := step_scaling.problem(configuration["StepAdjustments"]):
        raise validation_error(problem)
    magnitude = configuration.get("MinAdjustmentMagnitude")
    if magnitude is not None and configuration["AdjustmentType"] != step_scaling.PERCENT:
        raise validation_error("MinAdjustmentMagnitude is only valid for the adjustment type PercentChangeInCapacity")
    _check_cooldown("Cooldown", configuration.get("Cooldown"))


def _check_cooldown(member: str, seconds: int | None) -> None:
    if seconds is not None and not 0 <= seconds <= 3600:
        raise validation_error(f"{member} must be between 0 and 3600 seconds")


def _metric(configuration: dict[str, Any]) -> Any:
    return configuration.get(_PREDEFINED) or configuration.get(_CUSTOMIZED)
