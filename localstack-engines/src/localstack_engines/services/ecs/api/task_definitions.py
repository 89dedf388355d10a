"""Task definitions: moto keeps them, the rules it lacks are checked here."""

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs import errors
from localstack_engines.services.ecs.api import task_definition_rules as definitions
from localstack_engines.services.ecs.api.operations import Operations, Request, Response, definition, page
from localstack_engines.services.ecs.store import moto_backend
from localstack_engines.toolkit import dispatch


class TaskDefinitionOperations(Operations):
    def register_task_definition(self, context: RequestContext, request: Request) -> Response:
        if problem := definitions.problem(request):
            raise errors.client_exception(problem)
        return dispatch.moto(context, "RegisterTaskDefinition", request)

    def describe_task_definition(self, context: RequestContext, request: Request) -> Response:
        """A family's name stands for its latest ACTIVE revision; moto would take an INACTIVE one too."""
        reference = request["taskDefinition"]
        if ":" not in reference.rsplit("/", 1)[-1]:
            reference = definition(context.account_id, context.region, reference)["taskDefinitionArn"]
        return dispatch.moto(context, "DescribeTaskDefinition", {**request, "taskDefinition": reference})

    def list_task_definitions(self, context: RequestContext, request: Request) -> Response:
        status = request.get("status") or "ACTIVE"
        prefix = request.get("familyPrefix")
        found = [
            revision
            for family in moto_backend(context.account_id, context.region).task_definitions.values()
            for revision in family.values()
            if revision.status == status and prefix in (None, revision.family)
        ]
        found.sort(key=lambda revision: (revision.family, revision.revision), reverse=request.get("sort") == "DESC")
        items, more = page([revision.arn for revision in found], request)
        return {"taskDefinitionArns": items, **more}

    def list_task_definition_families(self, context: RequestContext, request: Request) -> Response:
        status = request.get("status") or "ACTIVE"
        prefix = request.get("familyPrefix") or ""
        families = moto_backend(context.account_id, context.region).task_definitions
        names = [
            name
            for name, revisions in sorted(families.items())
            if name.startswith(prefix) and _has_status({r.status for r in revisions.values()}, status)
        ]
        items, more = page(names, request)
        return {"families": items, **more}


def _has_status(statuses: set[str], wanted: str) -> bool:
    """A family is ACTIVE while one of its revisions is."""
    return wanted == "ALL" or ("ACTIVE" in statuses) == (wanted == "ACTIVE")
