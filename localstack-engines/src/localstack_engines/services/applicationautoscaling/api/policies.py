"""Operations on scaling policies."""

from localstack.aws.api import RequestContext

from localstack_engines.services.applicationautoscaling.api import policy_rules
from localstack_engines.services.applicationautoscaling.api.operations import (
    Operations,
    Request,
    Response,
    check_dimension,
    is_asked_for,
)
from localstack_engines.services.applicationautoscaling.api.paging import PAGER
from localstack_engines.services.applicationautoscaling.control import alarms
from localstack_engines.services.applicationautoscaling.errors import policy_not_found
from localstack_engines.services.applicationautoscaling.models import STEP, TARGET_TRACKING, Policy

_CONFIGURATIONS = {
    TARGET_TRACKING: "TargetTrackingScalingPolicyConfiguration",
    STEP: "StepScalingPolicyConfiguration",
}


class PolicyOperations(Operations):
    """Puts, describes and deletes policies."""

    def put_scaling_policy(self, context: RequestContext, request: Request) -> Response:
        with self.store.lock:
            key, name = self.target(context, request).key, request["PolicyName"]
            previous = self.store.policies.get((key, name))
            kind = request.get("PolicyType") or (previous.type if previous else STEP)
            configuration = request.get(_CONFIGURATIONS.get(kind, "")) or (previous.configuration if previous else None)
            policy_rules.check(kind, previous, configuration, self.store.policies_of(key), name)
            policy = previous or Policy(key, name, kind, {})
            former = policy.configuration
            policy.configuration = dict(configuration or {})
            try:
                if kind == TARGET_TRACKING and policy.configuration != former:
                    alarms.put(policy)
            except Exception:
                policy.configuration = former
                raise
            self.store.policies[key, name] = policy
        return {"PolicyARN": policy.arn, "Alarms": policy.alarms}

    def delete_scaling_policy(self, context: RequestContext, request: Request) -> Response:
        with self.store.lock:
            key, name = self.key(context, request), request["PolicyName"]
            policy = self.store.policies.get((key, name))
            if policy is None:
                raise policy_not_found(name, key)
            alarms.remove(policy)
            self.store.policies.pop((key, name))
        return {}

    def describe_scaling_policies(self, context: RequestContext, request: Request) -> Response:
        check_dimension(request)
        names = request.get("PolicyNames")
        found = [
            policy
            for policy in self.store.policies_in(context.account_id, context.region)
            if is_asked_for(policy.key, request) and (not names or policy.name in names)
        ]
        page, token = PAGER.page(found, request)
        return {"ScalingPolicies": [_described(policy) for policy in page], **token}


def _described(policy: Policy) -> Response:
    return {
        "PolicyARN": policy.arn,
        "PolicyName": policy.name,
        "ServiceNamespace": policy.key.namespace,
        "ResourceId": policy.key.resource_id,
        "ScalableDimension": policy.key.dimension,
        "PolicyType": policy.type,
        _CONFIGURATIONS[policy.type]: policy.configuration,
        "Alarms": alarms.attached(policy),
        "CreationTime": policy.created_at,
    }
