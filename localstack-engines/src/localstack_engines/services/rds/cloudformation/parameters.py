"""The parameters of a template's parameter groups: both kinds of groups have the same operations."""

from typing import Any

from localstack_engines.services.rds import models

_BATCH = 20
"""A request that modifies a parameter group accepts this many parameters."""


def set_parameters(rds: Any, kind: str, group: str, parameters: dict[str, Any]) -> None:
    """Sets parameters of a group; `kind` is `db_parameter` or `db_cluster_parameter`, as in the operations' names.

    Static ones wait for a reboot.
    """
    if not parameters:
        return
    name = {_member(kind): group}
    pages = rds.get_paginator(f"describe_{kind}s").paginate(**name)
    static = {
        found["ParameterName"] for page in pages for found in page["Parameters"] if found["ApplyType"] == "static"
    }
    changes = [
        {
            "ParameterName": parameter,
            "ParameterValue": str(value),
            "ApplyMethod": models.PENDING_REBOOT if parameter in static else "immediate",
        }
        for parameter, value in parameters.items()
    ]
    for start in range(0, len(changes), _BATCH):
        getattr(rds, f"modify_{kind}_group")(**name, Parameters=changes[start : start + _BATCH])


def update_parameters(rds: Any, kind: str, group: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Sets the changed parameters of a group, and resets those that the template no longer has."""
    set_parameters(rds, kind, group, {name: value for name, value in new.items() if old.get(name) != value})
    if gone := sorted(old.keys() - new.keys()):
        parameters = [{"ParameterName": name, "ApplyMethod": models.PENDING_REBOOT} for name in gone]
        getattr(rds, f"reset_{kind}_group")(**{_member(kind): group}, Parameters=parameters)


def _member(kind: str) -> str:
    return "DBParameterGroupName" if kind == "db_parameter" else "DBClusterParameterGroupName"
