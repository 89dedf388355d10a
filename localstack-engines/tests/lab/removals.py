"""Cases of properties that are added to a template and removed again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lab.stacks import Stack

Json = dict[str, Any]
Aws = Callable[..., Any]

TAGS = [{"Key": "a", "Value": "b"}]
VOLATILE = {
    "DeploymentId",  # a stage keeps its deployment
    "LastModified",
    "LastUpdatedDate",
    "LatestRestorableTime",
    "NextRotationDate",
    "ResponseMetadata",
    "RevisionId",
}


@dataclass
class Case:
    """A resource `X` of a type: its least properties, those that are added and removed, and what describes it."""

    kind: str
    least: Json
    more: Json
    describe: Callable[[Aws, str, dict[str, str]], Any]
    others: Json = field(default_factory=dict)
    outputs: Json = field(default_factory=dict)
    after: str | None = None

    def resources(self, *properties: Json) -> Json:
        merged = {name: value for some in properties for name, value in some.items()}
        dependency = {"DependsOn": self.after} if self.after else {}
        return {**self.others, "X": {"Type": self.kind, "Properties": merged, **dependency}}


def ref(name: str) -> Json:
    return {"Ref": name}


def typed(kind: str, **properties: Any) -> Json:
    return {"Type": kind, "Properties": properties}


def answer_or_error(operation: Callable[..., Json], **arguments: Any) -> Any:
    """Returns what the operation answers, or the code of its error."""
    try:
        return operation(**arguments)
    except Exception as error:
        return getattr(error, "response", {}).get("Error", {}).get("Code")


def settled(description: Any) -> Any:
    """Returns a description without what changes by itself. An empty value is as good as none."""
    if isinstance(description, dict):
        kept = {name: settled(value) for name, value in description.items() if name not in VOLATILE}
        return {name: value for name, value in kept.items() if value not in (None, "", [], {}, False)}
    if isinstance(description, list):
        return [settled(item) for item in description]
    return description


def named(resources: Json, unique: str) -> Json:
    """Gives resources whose name is global the test's own."""
    for resource in resources.values():
        for name, value in resource["Properties"].items():
            if value == "placeholder":
                resource["Properties"] = {**resource["Properties"], name: unique}
    return resources


def check_removal(aws: Aws, stack: Stack, unique: str, case: Case) -> None:
    """Deploys a resource with the least properties, with more, and with the least again.

    The first and the last description have to be equal.
    """

    def deploy(*properties: Json) -> Any:
        out = stack.deploy(named(case.resources(*properties), unique), {"X": ref("X"), **case.outputs})
        return settled(case.describe(aws, out["X"], out))

    first = deploy(case.least)
    assert deploy(case.least, case.more) != first
    assert deploy(case.least) == first


def case_id(case: Case) -> str:
    return case.kind.removeprefix("AWS::").replace("::", "-")
