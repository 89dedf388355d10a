"""CloudFormation stacks of tests."""

import json
from typing import Any


class Stack:
    """A CloudFormation stack: deploys templates, and reads its status and failures."""

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        self.name = name

    def deploy(self, resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> dict[str, str]:
        """Creates or updates the stack and returns its outputs. Raises DeployFailed."""
        template: dict[str, Any] = {"Resources": resources}
        if outputs:
            template["Outputs"] = {name: {"Value": value} for name, value in outputs.items()}
        exists = any(stack["StackName"] == self.name for stack in self.client.describe_stacks()["Stacks"])
        action, waiter = ("update", "stack_update_complete") if exists else ("create", "stack_create_complete")
        getattr(self.client, f"{action}_stack")(
            StackName=self.name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        try:
            self.client.get_waiter(waiter).wait(StackName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 180})
        except Exception as error:
            raise DeployFailed(self.status(), self.failures()) from error
        return {item["OutputKey"]: item["OutputValue"] for item in self._describe().get("Outputs", [])}

    def delete(self) -> None:
        self.client.delete_stack(StackName=self.name)
        self.client.get_waiter("stack_delete_complete").wait(
            StackName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
        )

    def status(self) -> str:
        return str(self._describe()["StackStatus"])

    def physical_id(self, logical_id: str) -> str:
        """Returns what `Ref` gives for a resource."""
        detail = self.client.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return str(detail["StackResourceDetail"]["PhysicalResourceId"])

    def failures(self) -> list[str]:
        """Returns the reasons of all failed events, oldest first."""
        events = self.client.describe_stack_events(StackName=self.name)["StackEvents"]
        failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("_FAILED")]
        return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed]

    def _describe(self) -> dict[str, Any]:
        return dict(self.client.describe_stacks(StackName=self.name)["Stacks"][0])


class DeployFailed(AssertionError):
    """A stack was not deployed. `status` is the stack's, `failures` are the reasons of failed events."""

    def __init__(self, status: str, failures: list[str]) -> None:
        super().__init__(f"{status}: {failures}")
        self.status = status
        self.failures = failures
