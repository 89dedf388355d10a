"""What an EC2 instance's user data says to the ECS agent (pure).

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html, and for Bottlerocket's TOML
https://bottlerocket.dev/en/os/latest/api/settings/ecs/.
"""

import json
import re

_CLUSTER = re.compile(r"""^[^#\n]*\bECS_CLUSTER=["']?([A-Za-z0-9_-]+)""", re.MULTILINE)
_BOTTLEROCKET = re.compile(r"""^\s*\[settings\.ecs\][^\[]*?^\s*cluster\s*=\s*["']([A-Za-z0-9_-]+)["']""", re.MULTILINE)
_ATTRIBUTES = re.compile(r"""^[^#\n]*\bECS_INSTANCE_ATTRIBUTES=["']?(\{.*?\})""", re.MULTILINE)


def cluster_of(text: str) -> str | None:
    """Returns the name of the cluster that the instance joins, or None. The last one counts."""
    found = _CLUSTER.findall(text) or _BOTTLEROCKET.findall(text)
    return str(found[-1]) if found else None


def attributes_of(text: str) -> dict[str, str | None]:
    """Returns the custom attributes that the instance registers with."""
    found = _ATTRIBUTES.findall(text)
    if not found:
        return {}
    try:
        attributes = json.loads(found[-1].replace('\\"', '"'))
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in attributes.items()} if isinstance(attributes, dict) else {}
