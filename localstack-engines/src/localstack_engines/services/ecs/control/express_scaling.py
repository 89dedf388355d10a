"""The auto scaling of Express services: a scalable target and a target tracking policy."""

from localstack_engines.services.applicationautoscaling import public as autoscaling
from localstack_engines.services.ecs.express_models import ExpressService, Json

_REQUESTS = "REQUEST_COUNT_PER_TARGET"
_METRICS = {
    "AVERAGE_CPU": "ECSServiceAverageCPUUtilization",
    "AVERAGE_MEMORY": "ECSServiceAverageMemoryUtilization",
    _REQUESTS: "ALBRequestCountPerTarget",
}
_POLICY = "ecs-express"
"""The policy's name, before the service's."""


def apply(express: ExpressService, scaling: Json) -> None:
    """Keeps the desired count within the limits, by the metric. Raises ClientError."""
    key = autoscaling.service_key(express.scope.account, express.scope.region, express.scope.cluster, express.name)
    express.scalable_target = autoscaling.register(key, scaling["minTaskCount"], scaling["maxTaskCount"])
    metric = scaling["autoScalingMetric"]
    express.scaling_policy = autoscaling.put_target_tracking(
        key,
        f"{_POLICY}-{express.name}",
        _METRICS[metric],
        float(scaling["autoScalingTargetValue"]),
        _label(express) if metric == _REQUESTS else None,
    )
    express.scaling = scaling


def counts_requests(scaling: Json) -> bool:
    """Returns whether the metric is that of the target group with the traffic."""
    return bool(scaling["autoScalingMetric"] == _REQUESTS)


def remove(express: ExpressService) -> None:
    """Removes target and policy, if there are any."""
    key = autoscaling.service_key(express.scope.account, express.scope.region, express.scope.cluster, express.name)
    autoscaling.deregister(key)


def _label(express: ExpressService) -> str:
    """Returns load balancer and target group as ALBRequestCountPerTarget names them."""
    balancer = express.gateway.balancer_arn.partition("loadbalancer/")[2]
    return f"{balancer}/{express.serving.rsplit(':', 1)[-1]}"
