"""Operations on the deployments and revisions of services."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import descriptions, express_descriptions, identifiers
from localstack_engines.services.ecs.api.operations import Operations, Request, Response, account_scope
from localstack_engines.services.ecs.api.paging import PAGER
from localstack_engines.services.ecs.deployment_models import ServiceDeployment
from localstack_engines.services.ecs.errors import invalid_parameter, service_not_found
from localstack_engines.services.ecs.models import Service
from localstack_engines.toolkit.errors import ServiceError

_DEPLOYMENT, _REVISION = "service-deployment", "service-revision"
_MOST_DESCRIBED = 20


class ServiceDeploymentOperations(Operations):
    """Lists, describes and stops the deployments of services, and describes their revisions."""

    def list_service_deployments(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        service = self.store.find_service(scope, identifiers.name_of(scope, "service", request["service"]))
        if service is None:
            raise service_not_found()
        statuses, created = request.get("status") or [], request.get("createdAt") or {}
        found = [
            descriptions.service_deployment_brief(service, deployment)
            for deployment in reversed(service.history)
            if (not statuses or deployment.status in statuses) and _is_within(deployment, created)
        ]
        items, more = PAGER.page(found, request, default_size=20)
        return {"serviceDeployments": items, **more}

    def describe_service_deployments(self, context: RequestContext, request: Request) -> Response:
        described, failures = [], []
        for arn in _references(request["serviceDeploymentArns"]):
            found = self._find_part(context, _DEPLOYMENT, arn)
            if found is None:
                failures.append({"arn": arn, "reason": "MISSING"})
            else:
                service, deployment = found[0], _by_id(found[0], found[1])
                with self.store.lock:
                    tasks = list(self.store.tasks_of(service))
                    described.append(descriptions.service_deployment(service, deployment, tasks))
        return {"serviceDeployments": described, "failures": failures}

    def describe_service_revisions(self, context: RequestContext, request: Request) -> Response:
        described, failures = [], []
        for arn in _references(request["serviceRevisionArns"]):
            found = self._find_part(context, _REVISION, arn)
            if found is None:
                failures.append({"arn": arn, "reason": "MISSING"})
            else:
                revision = found[0].revisions[found[1]]
                reference = revision.service_revision["taskDefinition"]
                definition = self.store.find_definition(context.account_id, context.region, reference)
                shown = descriptions.service_revision(found[0], revision, definition)
                if express := self.store.express_services.get(found[0].arn):
                    shown["ecsManagedResources"] = express_descriptions.managed_resources(express)
                described.append(shown)
        return {"serviceRevisions": described, "failures": failures}

    def stop_service_deployment(self, context: RequestContext, request: Request) -> Response:
        """Stops a deployment in progress: `ROLLBACK` returns to the last complete one, `ABORT` leaves the tasks."""
        arn, stop_type = request["serviceDeploymentArn"], request.get("stopType") or "ROLLBACK"
        if stop_type not in ("ABORT", "ROLLBACK"):
            raise invalid_parameter("stopType should be one of [ABORT, ROLLBACK]")
        found = self._find_part(context, _DEPLOYMENT, arn)
        if found is None:
            raise ServiceError("ServiceDeploymentNotFoundException", "The specified service deployment was not found.")
        service = found[0]
        with self.store.lock:
            if service.status != "ACTIVE" or service.current.id != found[1] or service.current.is_over:
                raise ServiceError("ConflictException", "The service deployment is not in progress.")
            if not self.scheduler.stop_deployment(service, rolls_back=stop_type == "ROLLBACK"):
                raise ServiceError("ConflictException", "There is no completed deployment to roll back to.")
        self.scheduler.wake(service.arn)
        return {"serviceDeploymentArn": arn}

    def _find_part(self, context: RequestContext, kind: str, arn: str) -> tuple[Service, str] | None:
        """Returns the service and the id that the ARN of a deployment or revision names, or None."""
        scope = account_scope(context)
        part = identifiers.name_of(scope, kind, arn)
        service = self.store.services.get(arn.replace(f":{kind}/", ":service/").rpartition("/")[0])
        if service is None or part not in service.revisions:
            return None
        return service, part


def _references(arns: list[str]) -> list[str]:
    if not 1 <= len(arns) <= _MOST_DESCRIBED:
        raise invalid_parameter(f"Give 1 to {_MOST_DESCRIBED} ARNs.")
    return arns


def _by_id(service: Service, deployment_id: str) -> ServiceDeployment:
    return next(deployment for deployment in service.history if deployment.id == deployment_id)


def _is_within(deployment: ServiceDeployment, created: dict[str, Any]) -> bool:
    after, before = created.get("after"), created.get("before")
    return (after is None or deployment.created_at >= after) and (before is None or deployment.created_at <= before)
