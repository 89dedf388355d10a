"""What the types of instances and clusters share."""

from typing import Any


def exports_change(previous: dict[str, Any], after: dict[str, Any]) -> dict[str, list[str]]:
    """Returns the `CloudwatchLogsExportConfiguration` of a change of the template; empty without a change."""
    old, new = (set(model.get("EnableCloudwatchLogsExports") or []) for model in (previous, after))
    change = {"EnableLogTypes": sorted(new - old), "DisableLogTypes": sorted(old - new)}
    return {name: types for name, types in change.items() if types}


def default_group(found: dict[str, Any], version: str | None) -> str:
    """Returns the default parameter group of an instance or cluster for a version, or for the one that it has."""
    major = (version or found["EngineVersion"]).partition(".")[0]
    return f"default.{found['Engine']}{major}"


def version_note(rds: Any, found: dict[str, Any]) -> str:
    """Returns what the service says about a version that another release runs; "" for the installed one.

    `found` describes an instance or a cluster.
    """
    engine, version = found["Engine"], found["EngineVersion"]
    [described] = rds.describe_db_engine_versions(Engine=engine, EngineVersion=version)["DBEngineVersions"]
    text = str(described["DBEngineVersionDescription"])
    return text if "locally" in text else ""
