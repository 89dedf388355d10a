"""The records of an account's settings (pure).

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html
"""

from dataclasses import dataclass, field

_ENABLED, _DISABLED = "enabled", "disabled"
_LONG_ARNS = (
    "serviceLongArnFormat",
    "taskLongArnFormat",
    "containerInstanceLongArnFormat",
)

VALUES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_LONG_ARNS, (_ENABLED,)),
    "awsvpcTrunking": (_DISABLED,),
    "containerInsights": (_DISABLED, _ENABLED, "enhanced"),
    "dualStackIPv6": (_DISABLED,),
    "fargateFIPSMode": (_DISABLED,),
    "tagResourceAuthorization": ("off",),
    "fargateTaskRetirementWaitPeriod": ("7", "0", "14"),
    "guardDutyActivate": ("off",),
    "defaultLogDriverMode": ("blocking", "non-blocking"),
}
"""The values that each setting can have here, the default first.

A value whose effect does not exist here is missing: `awsvpcTrunking`, for instance, cannot be enabled.
"""

KNOWN_VALUES = {_ENABLED, _DISABLED, "enhanced", "on", "off", "0", "7", "14", "blocking", "non-blocking"}
"""The values that AWS knows."""


@dataclass
class AccountSettings:
    """The settings of an account in a region: its defaults, and what single principals have chosen."""

    defaults: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, dict[str, str]] = field(default_factory=dict)
    """By the principal's ARN."""

    def value(self, name: str, principal: str | None = None) -> str:
        """Returns the value in effect for a principal, or the account's default."""
        own = self.chosen.get(principal or "", {})
        return own.get(name) or self.defaults.get(name) or VALUES[name][0]
