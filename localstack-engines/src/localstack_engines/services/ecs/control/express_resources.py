"""What an Express service has of its own: target groups, a rule, a security group, a log group, task definitions."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from localstack_engines.services.ecs.control.express_gateways import Gateways
from localstack_engines.services.ecs.control.task_clients import account_client
from localstack_engines.services.ecs.express_models import MAIN, ExpressService, Json
from localstack_engines.services.elbv2 import public as elbv2

_MANAGED = {"Key": "AmazonECSManaged", "Value": "true"}
_DEFAULT_CHECK = {"HealthCheckIntervalSeconds": 30, "HealthCheckTimeoutSeconds": 5}
_MOST_RULES = 100


class ExpressResources:
    """Makes, changes and removes what Express services are made of, through the APIs of the other services."""

    def __init__(self) -> None:
        self._gateways = Gateways()
        self._ordering = threading.Lock()
        """Held while a rule gets its priority."""

    @contextmanager
    def made(self, express: ExpressService, port: int, health_check_path: str) -> Iterator[None]:
        """Makes everything that the ECS service needs, and removes it again when the body fails. Raises ClientError."""
        with ExitStack() as undo:
            self._make(express, port, health_check_path, undo)
            yield
            undo.pop_all()

    def _make(self, express: ExpressService, port: int, path: str, undo: ExitStack) -> None:
        elb, ec2, logs = (_client(express, service) for service in ("elbv2", "ec2", "logs"))
        express.gateway = self._gateways.join(express.scope, express.network, express.arn)
        undo.callback(self._gateways.leave, express.gateway, express.arn)
        identity = secrets.token_hex(8)
        express.security_group = ec2.create_security_group(
            GroupName=f"ecs-express-{express.name[:200]}-{identity}",
            Description="The tasks of an ECS Express service",
            VpcId=express.network.vpc_id,
        )["GroupId"]
        undo.callback(ec2.delete_security_group, GroupId=express.security_group)
        ec2.create_tags(Resources=[express.security_group], Tags=[_MANAGED])
        self.admit(express, port)
        if express.log_group:
            logs.create_log_group(logGroupName=express.log_group)
            undo.callback(logs.delete_log_group, logGroupName=express.log_group)
        for number in ("1", "2"):
            group = elb.create_target_group(
                Name=f"ecs-gateway-tg-{identity[1:]}{number}",
                Protocol="HTTP",
                Port=port,
                VpcId=express.network.vpc_id,
                TargetType="ip",
                HealthCheckPath=path,
                Tags=[_MANAGED],
                **_DEFAULT_CHECK,
            )["TargetGroups"][0]["TargetGroupArn"]
            express.target_groups.append(group)
            undo.callback(elb.delete_target_group, TargetGroupArn=group)
        express.serving = express.target_groups[0]
        with self._ordering:
            express.rule_arn = elb.create_rule(
                ListenerArn=express.gateway.listener_arn,
                Priority=_free_priority(elb, express.gateway.listener_arn),
                Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": [express.host]}}],
                Actions=[_forward(express)],
                Tags=[_MANAGED],
            )["Rules"][0]["RuleArn"]
        undo.callback(elb.delete_rule, RuleArn=express.rule_arn)
        elbv2.set_alias(express.gateway.balancer_arn, express.host, is_used=True)
        undo.callback(elbv2.set_alias, express.gateway.balancer_arn, express.host, is_used=False)

    def register(self, express: ExpressService, definition: Json) -> Json:
        """Registers a task definition of the service, and returns it."""
        found = _client(express, "ecs").register_task_definition(**definition)["taskDefinition"]
        express.definitions.append(found["taskDefinitionArn"])
        return dict(found)

    def deregister(self, express: ExpressService, arn: str) -> None:
        """Deregisters a task definition of the service."""
        express.definitions.remove(arn)
        _client(express, "ecs").deregister_task_definition(taskDefinition=arn)

    def admit(self, express: ExpressService, port: int) -> None:
        """Lets the load balancer reach the tasks at a port, if it may not yet."""
        ec2 = _client(express, "ec2")
        [group] = ec2.describe_security_groups(GroupIds=[express.security_group])["SecurityGroups"]
        balancer = express.gateway.security_group
        admitted = (known for known in group["IpPermissions"] if known.get("FromPort") == port)
        if any(pair.get("GroupId") == balancer for known in admitted for pair in known["UserIdGroupPairs"]):
            return
        source = [{"GroupId": balancer}]
        permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": source}
        ec2.authorize_security_group_ingress(GroupId=express.security_group, IpPermissions=[permission])

    def check_health_at(self, express: ExpressService, path: str) -> None:
        """Changes the health check of the target group without traffic."""
        _client(express, "elbv2").modify_target_group(TargetGroupArn=express.other_group, HealthCheckPath=path)

    def shift(self, express: ExpressService, group: str) -> None:
        """Sends all new requests to one of the service's target groups."""
        before, express.serving = express.serving, group
        try:
            _client(express, "elbv2").modify_rule(RuleArn=express.rule_arn, Actions=[_forward(express)])
        except Exception:
            express.serving = before
            raise

    def remove(self, express: ExpressService) -> None:
        """Removes everything, the other parts also when one cannot be removed. Raises the last error."""
        elb, ec2, logs, ecs = (_client(express, service) for service in ("elbv2", "ec2", "logs", "ecs"))
        with ExitStack() as parts:
            parts.callback(self._gateways.leave, express.gateway, express.arn)
            for definition in express.definitions:
                parts.callback(ecs.deregister_task_definition, taskDefinition=definition)
            if express.log_group:
                parts.callback(logs.delete_log_group, logGroupName=express.log_group)
            parts.callback(ec2.delete_security_group, GroupId=express.security_group)
            for group in express.target_groups:
                parts.callback(elb.delete_target_group, TargetGroupArn=group)
            parts.callback(elb.delete_rule, RuleArn=express.rule_arn)
            parts.callback(elbv2.set_alias, express.gateway.balancer_arn, express.host, is_used=False)


def balancers(express: ExpressService, group: str, port: int) -> list[Json]:
    """Returns the `loadBalancers` of an ECS service whose tasks are in a target group."""
    return [{"targetGroupArn": group, "containerName": MAIN, "containerPort": port}]


def _forward(express: ExpressService) -> Json:
    groups = [{"TargetGroupArn": arn, "Weight": 100 if arn == express.serving else 0} for arn in express.target_groups]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}


def _free_priority(elb: Any, listener_arn: str) -> int:
    used = {rule["Priority"] for rule in elb.describe_rules(ListenerArn=listener_arn)["Rules"]}
    return next(number for number in range(1, _MOST_RULES + 1) if str(number) not in used)


def _client(express: ExpressService, service: str) -> Any:
    return account_client(express.scope.account, express.scope.region, service)
