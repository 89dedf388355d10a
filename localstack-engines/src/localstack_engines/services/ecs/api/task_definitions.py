"""Operations on task definitions. Moto keeps their records; the plugin checks the rules that moto lacks."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import fargate_rules, fargate_sizes, identifiers, task_definition_rules
from localstack_engines.services.ecs.api.operations import Operations, Request, Response, account_scope, includes
from localstack_engines.services.ecs.api.paging import PAGER
from localstack_engines.services.ecs.errors import client_exception, invalid_parameter
from localstack_engines.services.ecs.store import Definition
from localstack_engines.toolkit.dispatch import moto

_MOST_DELETED = 10
_STATUSES = ("ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS")


class TaskDefinitionOperations(Operations):
    """Registers, describes, lists, deregisters and deletes task definitions, and lists their families."""

    def register_task_definition(self, context: RequestContext, request: Request) -> Response:
        if problem := task_definition_rules.problem(request):
            raise client_exception(problem)
        request = _normalized(request)
        arn = moto(context, "RegisterTaskDefinition", request)["taskDefinition"]["taskDefinitionArn"]
        compatibilities = ["EC2"] if fargate_rules.problem(request) else ["EC2", "FARGATE"]
        definition = self.store.complete_definition(context.account_id, context.region, arn, compatibilities)
        return {"taskDefinition": _described(definition), "tags": definition["tags"]}

    def describe_task_definition(self, context: RequestContext, request: Request) -> Response:
        definition = self._existing(context, request["taskDefinition"])
        tags = {"tags": definition["tags"]} if includes(request, "TAGS") else {}
        return {"taskDefinition": _described(definition), **tags}

    def deregister_task_definition(self, context: RequestContext, request: Request) -> Response:
        if ":" not in request["taskDefinition"].rsplit("/", 1)[-1]:
            raise client_exception("Missing revision number: give the task definition as family:revision.")
        definition = self._existing(context, request["taskDefinition"])
        if definition["status"] == "ACTIVE":
            definition = self._set_status(context, definition, "INACTIVE")
        return {"taskDefinition": _described(definition)}

    def delete_task_definitions(self, context: RequestContext, request: Request) -> Response:
        """Deletes INACTIVE task definitions. One that a task or service uses stays until it is used no longer."""
        references = request["taskDefinitions"]
        if not 1 <= len(references) <= _MOST_DELETED:
            raise invalid_parameter(f"Give 1 to {_MOST_DELETED} task definitions.")
        deleted, failures = [], []
        for reference in references:
            definition, reason = self._deletable(context, reference)
            if definition is None:
                failures.append({"arn": reference, "reason": reason})
            else:
                deleted.append(_described(self._set_status(context, definition, "DELETE_IN_PROGRESS")))
        self.store.forget_deleted_definitions(context.account_id, context.region)
        return {"taskDefinitions": deleted, "failures": failures}

    def list_task_definitions(self, context: RequestContext, request: Request) -> Response:
        status = request.get("status") or "ACTIVE"
        if status not in _STATUSES:
            raise invalid_parameter(f"Unknown status '{status}'.")
        prefix = request.get("familyPrefix")
        found = [
            definition
            for revisions in self._definitions(context).values()
            for definition in revisions
            if definition["status"] == status and prefix in (None, definition["family"])
        ]
        found.sort(key=lambda item: (item["family"], item["revision"]), reverse=request.get("sort") == "DESC")
        items, more = PAGER.page([definition["taskDefinitionArn"] for definition in found], request)
        return {"taskDefinitionArns": items, **more}

    def list_task_definition_families(self, context: RequestContext, request: Request) -> Response:
        status = request.get("status") or "ACTIVE"
        prefix = request.get("familyPrefix") or ""
        names = [
            name
            for name, revisions in sorted(self._definitions(context).items())
            if revisions and name.startswith(prefix) and _has_status({r["status"] for r in revisions}, status)
        ]
        items, more = PAGER.page(names, request)
        return {"families": items, **more}

    def _existing(self, context: RequestContext, reference: str) -> Definition:
        """Returns a task definition of any status. Raises ClientException with the words that Terraform knows."""
        scope = account_scope(context)
        name = identifiers.name_of(scope, "task-definition", reference)
        found = self.store.find_definition(scope.account, scope.region, name)
        if found is None:
            raise client_exception("Unable to describe task definition.")
        return found

    def _definitions(self, context: RequestContext) -> dict[str, list[Definition]]:
        self.store.forget_deleted_definitions(context.account_id, context.region)
        return self.store.definitions(context.account_id, context.region)

    def _deletable(self, context: RequestContext, reference: str) -> tuple[Definition | None, str]:
        """Returns the task definition, or None and why it cannot be deleted."""
        scope = account_scope(context)
        name = identifiers.name_of(scope, "task-definition", reference)
        if ":" not in name:
            return (
                None,
                "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.",
            )
        found = self.store.find_definition(scope.account, scope.region, name)
        if found is None:
            return None, "The specified task definition does not exist."
        if found["status"] == "ACTIVE":
            return None, "The specified task definition is still in ACTIVE status. Please deregister the target first."
        return found, ""

    def _set_status(self, context: RequestContext, definition: Definition, status: str) -> Definition:
        arn = definition["taskDefinitionArn"]
        return self.store.set_definition_status(context.account_id, context.region, arn, status)


def _normalized(request: Request) -> Request:
    """Returns the request with task sizes as numbers and ports complete, as ECS keeps them."""
    containers = [
        {**container, "portMappings": [_complete_port(request, m) for m in container.get("portMappings") or []]}
        for container in request["containerDefinitions"]
    ]
    return {**request, **_sizes(request), "containerDefinitions": containers}


def _sizes(request: Request) -> dict[str, str]:
    readers = {"cpu": fargate_sizes.units, "memory": fargate_sizes.mib}
    try:
        return {member: str(read(request[member])) for member, read in readers.items() if request.get(member)}
    except ValueError as error:
        raise client_exception(f"Invalid size of the task: {error}.") from error


def _complete_port(request: Request, mapping: dict[str, Any]) -> dict[str, Any]:
    port = {"hostPort": mapping["containerPort"]} if mapping.get("containerPort") else {}
    return {**(port if request.get("networkMode") == "awsvpc" else {}), "protocol": "tcp", **mapping}


def _described(definition: Definition) -> Response:
    return {key: value for key, value in definition.items() if key != "tags"}


def _has_status(statuses: set[str], wanted: str) -> bool:
    """Returns whether a family whose revisions have these statuses has the wanted one: ACTIVE if a revision is."""
    return wanted == "ALL" or ("ACTIVE" in statuses) == (wanted == "ACTIVE")
