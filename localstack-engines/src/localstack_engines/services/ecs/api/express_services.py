"""Operations on Express services. Each has an ECS service, which runs the tasks, and what leads requests to them.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/express-service-overview.html
"""

import re
import secrets
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from botocore.exceptions import ClientError
from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import (
    express_definitions,
    express_descriptions,
    express_rules,
    identifiers,
)
from localstack_engines.services.ecs.api.operations import (
    Operations,
    Request,
    Response,
    account_scope,
    cluster_scope,
    includes,
)
from localstack_engines.services.ecs.control import express_network, express_scaling
from localstack_engines.services.ecs.control.express_gateways import zone
from localstack_engines.services.ecs.control.express_resources import balancers
from localstack_engines.services.ecs.control.express_services import ExpressServices
from localstack_engines.services.ecs.control.task_clients import account_client
from localstack_engines.services.ecs.deployment_models import now
from localstack_engines.services.ecs.errors import (
    invalid_parameter,
    resource_not_found,
    service_not_active,
    service_not_found,
)
from localstack_engines.services.ecs.express_models import PUBLIC, Configuration, ExpressService, Gateway, Network
from localstack_engines.services.ecs.models import Scope, Service
from localstack_engines.toolkit.errors import ServiceError

_DEFAULT_CLUSTER = "default"
_OWN_OPERATIONS = ("CreateCluster", "RegisterTaskDefinition", "CreateService", "UpdateService", "DeleteService")
_DEPLOYMENT = {
    "minimumHealthyPercent": 100,
    "maximumPercent": 200,
    "deploymentCircuitBreaker": {"enable": True, "rollback": True},
}


@contextmanager
def _refusals() -> Iterator[None]:
    """Raises what the body finds wrong, and the errors of other operations that it calls, as this one's error."""
    try:
        yield
    except (express_rules.NotValid, express_network.NoNetwork) as error:
        raise invalid_parameter(str(error)) from error
    except ClientError as error:
        found = error.response["Error"]
        code = found["Code"] if error.operation_name in _OWN_OPERATIONS else "InvalidParameterException"
        raise ServiceError(code, found["Message"]) from error


class ExpressServiceOperations(Operations):
    """Creates, describes, updates and deletes Express services."""

    express: ExpressServices

    @_refusals()
    def create_express_gateway_service(self, context: RequestContext, request: Request) -> Response:
        name = request.get("serviceName") or f"express-{secrets.token_hex(4)}"
        express_rules.check_name(name)
        cluster = cluster_scope(context, request.get("cluster")).cluster
        scope = Scope(context.account_id, context.region, cluster)
        log_group = f"/aws/ecs/{cluster}/{name}-{secrets.token_hex(2)}"
        settings = express_rules.settings({}, request, log_group)
        configuration = Configuration(express_rules.health_check_path(request), express_rules.scaling({}, request))
        network = self._express_network(context, request)
        if cluster == _DEFAULT_CLUSTER and not self.store.is_active_cluster(scope):
            _ecs(context).create_cluster(clusterName=cluster, capacityProviders=["FARGATE"])
        express = ExpressService(
            self.scope(context, cluster),
            scope.arn("service", cluster, name),
            name,
            request["infrastructureRoleArn"],
            _host(name, context.region),
            network,
            Gateway(scope.account, scope.region, network),
        )
        if settings["primaryContainer"]["awsLogsConfiguration"]["logGroup"] == log_group:
            express.log_group = log_group
        with self._reserved_express(express):
            record = self._make_express(context, express, settings, configuration, request.get("tags") or [])
        return {"service": self._described_express(express, record, with_tags=True)}

    def _make_express(
        self,
        context: RequestContext,
        express: ExpressService,
        settings: Request,
        configuration: Configuration,
        tags: list[Request],
    ) -> Service:
        definition = express_definitions.request(express.scope, express.name, settings)
        arn = self.express.resources.register(express, definition)["taskDefinitionArn"]
        port = settings["primaryContainer"]["containerPort"]
        with self.express.resources.made(express, port, configuration.health_check_path):
            _ecs(context).create_service(
                cluster=express.scope.cluster,
                serviceName=express.name,
                taskDefinition=arn,
                desiredCount=configuration.scaling["minTaskCount"],
                launchType="FARGATE",
                networkConfiguration=_awsvpc(express, express.network),
                loadBalancers=balancers(express, express.serving, port),
                deploymentConfiguration=_DEPLOYMENT,
                tags=tags,
            )
            record = self.store.services[express.arn]
            express.configurations[record.current.id] = configuration
            with ExitStack() as undo:
                undo.callback(
                    _ecs(context).delete_service, cluster=express.scope.cluster, service=express.name, force=True
                )
                express_scaling.apply(express, configuration.scaling)
                undo.pop_all()
        return record

    def describe_express_gateway_service(self, context: RequestContext, request: Request) -> Response:
        found = self._find_express(context, request["serviceArn"])
        if found is None:
            raise resource_not_found("The specified Express service was not found.")
        return {"service": self._described_express(*found, with_tags=includes(request, "TAGS"))}

    @_refusals()
    def update_express_gateway_service(self, context: RequestContext, request: Request) -> Response:
        express, record = self._active_express(context, request["serviceArn"])
        before = express.configuration(record.primary.revision_id)
        current = express_definitions.settings(self._express_definition(record))
        settings = express_rules.settings(current, request, express.log_group)
        configuration = Configuration(
            express_rules.health_check_path(request, before.health_check_path),
            express_rules.scaling(before.scaling, request),
        )
        network = self._express_network(context, request) if request.get("networkConfiguration") else express.network
        _check_move(express, network)
        changes_tasks = (settings, configuration.health_check_path, network) != (
            current,
            before.health_check_path,
            express.network,
        )
        with ExitStack() as undo:
            # After a failed deployment, the revision's own scaling target is not the one that is in use.
            if configuration.scaling != express.scaling:
                undo.callback(express_scaling.apply, express, express.scaling)
                express_scaling.apply(express, configuration.scaling)
            if changes_tasks:
                changes = self._prepare_express(express, settings, configuration, network, undo)
                _ecs(context).update_service(cluster=express.scope.cluster, service=express.name, **changes)
            undo.pop_all()
        express.network, express.updated_at = network, now()
        express.configurations[record.primary.revision_id] = configuration
        return {"service": express_descriptions.updated(express, record, self._express_definition(record))}

    def _prepare_express(
        self,
        express: ExpressService,
        settings: Request,
        configuration: Configuration,
        network: Network,
        undo: ExitStack,
    ) -> Request:
        """Makes what new tasks need. Returns the settings of the ECS service that lead to them."""
        resources, port = self.express.resources, settings["primaryContainer"]["containerPort"]
        definition = resources.register(express, express_definitions.request(express.scope, express.name, settings))
        arn = definition["taskDefinitionArn"]
        undo.callback(resources.deregister, express, arn)
        resources.admit(express, port)
        resources.check_health_at(express, configuration.health_check_path)
        return {
            "taskDefinition": arn,
            "networkConfiguration": _awsvpc(express, network),
            "loadBalancers": balancers(express, express.other_group, port),
        }

    @_refusals()
    def delete_express_gateway_service(self, context: RequestContext, request: Request) -> Response:
        """Stops the tasks. Then everything that the service was made of is removed."""
        found = self._find_express(context, request["serviceArn"])
        if found is None:
            raise service_not_found()
        express, record = found
        if record.status == "INACTIVE":
            raise service_not_active()
        _ecs(context).delete_service(cluster=express.scope.cluster, service=express.name, force=True)
        return {"service": self._described_express(express, record, with_tags=True)}

    def _find_express(self, context: RequestContext, arn: str) -> tuple[ExpressService, Service] | None:
        if not arn.startswith("arn:"):
            raise invalid_parameter(f"Invalid identifier: '{arn}' is not the ARN of a service.")
        identifiers.name_of(account_scope(context), "service", arn)
        express, record = self.store.express_services.get(arn), self.store.services.get(arn)
        # One that is being created has no configuration yet. Its record may be that of a former service.
        return (express, record) if express is not None and record is not None and express.configurations else None

    def _active_express(self, context: RequestContext, arn: str) -> tuple[ExpressService, Service]:
        found = self._find_express(context, arn)
        if found is None:
            raise service_not_found()
        if found[1].status != "ACTIVE":
            raise service_not_active()
        return found

    @contextmanager
    def _reserved_express(self, express: ExpressService) -> Iterator[None]:
        """Keeps the name for a service that the body creates. Nothing is left when it fails."""
        with self.store.lock:
            known, former = self.store.services.get(express.arn), self.store.express_services.get(express.arn)
            if (known is not None and known.status == "ACTIVE") or (former is not None and not former.is_removed):
                raise invalid_parameter("Creation of service was not idempotent.")
            if known is not None and known.status == "DRAINING":
                raise invalid_parameter("Unable to Start a service that is still Draining.")
            self.store.express_services[express.arn] = express
        try:
            yield
        except Exception:
            self.store.express_services.pop(express.arn, None)
            for arn in list(express.definitions):
                self.express.resources.deregister(express, arn)
            raise

    def _express_network(self, context: RequestContext, request: Request) -> Network:
        """Returns the network of a request. Raises NoNetwork, and ClientError for unknown subnets."""
        given = request.get("networkConfiguration") or {}
        ec2 = account_client(context.account_id, context.region, "ec2")
        return express_network.find(ec2, given.get("subnets") or [], given.get("securityGroups") or [])

    def _express_definition(self, record: Service) -> Request:
        return self._express_definitions(record)[record.primary.service_revision["taskDefinition"]]

    def _express_definitions(self, record: Service) -> dict[str, Request]:
        arns = {deployment.service_revision["taskDefinition"] for deployment in record.deployments}
        scope = record.scope
        found = {arn: self.store.find_definition(scope.account, scope.region, arn) for arn in arns}
        return {arn: definition for arn, definition in found.items() if definition is not None}

    def _described_express(self, express: ExpressService, record: Service, *, with_tags: bool) -> Response:
        with self.store.lock:
            return express_descriptions.service(express, record, self._express_definitions(record), with_tags=with_tags)


def _check_move(express: ExpressService, network: Network) -> None:
    """Raises InvalidParameterException for subnets that the load balancer does not reach, or not in the same way."""
    if (network.vpc_id, network.access_type) != (express.network.vpc_id, express.network.access_type):
        raise invalid_parameter("The subnets must belong to the load balancer's VPC, and be as public as its own.")


def _awsvpc(express: ExpressService, network: Network) -> Request:
    groups = [*network.security_groups, express.security_group]
    public = "ENABLED" if network.access_type == PUBLIC else "DISABLED"
    return {
        "awsvpcConfiguration": {"subnets": list(network.subnets), "securityGroups": groups, "assignPublicIp": public}
    }


def _host(name: str, region: str) -> str:
    """Returns the host name of a new endpoint, which begins with two letters of the service's name, as on AWS."""
    letters = re.sub(r"[^a-z0-9]", "", name.lower())[:2] or "ex"
    return f"{letters}-{uuid.uuid4().hex}.{zone(region)}"


def _ecs(context: RequestContext) -> Any:
    return account_client(context.account_id, context.region, "ecs")
