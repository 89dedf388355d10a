"""Operations on task definitions. Moto keeps their records; the plugin checks the rules that moto lacks."""

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import task_definition_rules
from localstack_engines.services.ecs.api.operations import Operations, Request, Response
from localstack_engines.services.ecs.api.paging import PAGER
from localstack_engines.services.ecs.errors import client_exception
from localstack_engines.toolkit.dispatch import moto


class TaskDefinitionOperations(Operations):
    """Registers, describes and lists task definitions and their families."""

    def register_task_definition(self, context: RequestContext, request: Request) -> Response:
        if problem := task_definition_rules.problem(request):
            raise client_exception(problem)
        return moto(context, "RegisterTaskDefinition", request)

    def describe_task_definition(self, context: RequestContext, request: Request) -> Response:
        """Describes the latest ACTIVE revision if the request names only a family. Moto takes an INACTIVE one."""
        reference = request["taskDefinition"]
        if ":" not in reference.rsplit("/", 1)[-1]:
            reference = self.definition(context, reference)["taskDefinitionArn"]
        return moto(context, "DescribeTaskDefinition", {**request, "taskDefinition": reference})

    def list_task_definitions(self, context: RequestContext, request: Request) -> Response:
        status = request.get("status") or "ACTIVE"
        prefix = request.get("familyPrefix")
        found = [
            definition
            for revisions in self.store.definitions(context.account_id, context.region).values()
            for definition in revisions
            if definition["status"] == status and prefix in (None, definition["family"])
        ]
        found.sort(key=lambda item: (item["family"], item["revision"]), reverse=request.get("sort") == "DESC")
        items, more = PAGER.page([definition["taskDefinitionArn"] for definition in found], request)
        return {"taskDefinitionArns": items, **more}

    def list_task_definition_families(self, context: RequestContext, request: Request) -> Response:
        status = request.get("status") or "ACTIVE"
        prefix = request.get("familyPrefix") or ""
        families = self.store.definitions(context.account_id, context.region)
        names = [
            name
            for name, revisions in sorted(families.items())
            if name.startswith(prefix) and _has_status({revision["status"] for revision in revisions}, status)
        ]
        items, more = PAGER.page(names, request)
        return {"families": items, **more}


def _has_status(statuses: set[str], wanted: str) -> bool:
    """Returns whether a family whose revisions have these statuses has the wanted one: ACTIVE if a revision is."""
    return wanted == "ALL" or ("ACTIVE" in statuses) == (wanted == "ACTIVE")
