"""Operations on rules of listeners."""

from localstack.aws.api import RequestContext

from localstack_engines.services.elbv2.api import action_rules, condition_rules, descriptions
from localstack_engines.services.elbv2.api.operations import Operations, Request, Response
from localstack_engines.services.elbv2.api.paging import page
from localstack_engines.services.elbv2.api.tag_rules import given_tags
from localstack_engines.services.elbv2.errors import (
    invalid_configuration,
    not_permitted,
    validation,
)
from localstack_engines.services.elbv2.models import Listener, Rule, new_id
from localstack_engines.toolkit.errors import ServiceError

_MOST_RULES = 100


class RuleOperations(Operations):
    """Creates, changes, deletes, describes and orders rules."""

    def create_rule(self, context: RequestContext, request: Request) -> Response:
        balancer, listener = self.listener(context, request["ListenerArn"])
        if not balancer.is_application:
            raise invalid_configuration("Rules are not supported for listeners of Network Load Balancers")
        conditions, tags = condition_rules.stored(request["Conditions"]), given_tags(request)
        with self.balancers.change(balancer):
            listener = self.listener(context, request["ListenerArn"])[1]
            if len(listener.rules) > _MOST_RULES:
                raise ServiceError("TooManyRules", f"A listener has at most {_MOST_RULES} rules")
            _check_free(listener, {"": request["Priority"]})
            actions = action_rules.stored(self, balancer, listener.protocol, request["Actions"])
            arn = balancer.rule_arn(listener.id, new_id())
            rule = Rule(arn, str(request["Priority"]), conditions, actions, tags)
            listener.rules.append(rule)
        return {"Rules": [descriptions.rule(rule)]}

    def modify_rule(self, context: RequestContext, request: Request) -> Response:
        balancer, _, rule = self.rule(context, request["RuleArn"])
        if rule.is_default and request.get("Conditions"):
            raise not_permitted(f"The conditions of the default rule '{rule.arn}' cannot be modified")
        with self.balancers.change(balancer):
            _, listener, rule = self.rule(context, request["RuleArn"])
            if request.get("Conditions"):
                rule.conditions = condition_rules.stored(request["Conditions"])
            if request.get("Actions"):
                rule.actions = action_rules.stored(self, balancer, listener.protocol, request["Actions"])
        return {"Rules": [descriptions.rule(rule)]}

    def delete_rule(self, context: RequestContext, request: Request) -> Response:
        balancer, _, rule = self.rule(context, request["RuleArn"])
        if rule.is_default:
            raise not_permitted(f"Default rule '{rule.arn}' cannot be deleted")
        with self.balancers.change(balancer):
            _, listener, rule = self.rule(context, request["RuleArn"])
            listener.rules.remove(rule)
        return {}

    def describe_rules(self, context: RequestContext, request: Request) -> Response:
        arn, arns = request.get("ListenerArn"), request.get("RuleArns")
        if bool(arn) == bool(arns):
            raise validation("You must specify either listener rule ARNs or a listener ARN")
        if arn:
            found = self.listener(context, arn)[1].ordered_rules
        else:
            found = [self.rule(context, one)[2] for one in arns or []]
        items, more = page(found, request)
        return {"Rules": [descriptions.rule(one) for one in items], **more}

    def set_rule_priorities(self, context: RequestContext, request: Request) -> Response:
        """Gives rules of one listener other priorities, all at once."""
        wanted = {pair.get("RuleArn") or "": pair.get("Priority") for pair in request["RulePriorities"]}
        found = [self.rule(context, arn) for arn in wanted]
        if not found:
            raise validation("At least one rule priority must be specified")
        balancer, listener, _ = found[0]
        if any(other is not listener for _, other, _ in found):
            raise validation("All rules must belong to the same listener")
        if any(rule.is_default for _, _, rule in found):
            raise not_permitted("The priority of the default rule cannot be changed")
        with self.balancers.change(balancer):
            _check_free(self.listener(context, listener.arn)[1], wanted)
            rules = [self.rule(context, arn)[2] for arn in wanted]
            for rule in rules:
                rule.priority = str(wanted[rule.arn])
        return {"Rules": [descriptions.rule(rule) for rule in rules]}


def _check_free(listener: Listener, wanted: dict[str, int | None]) -> None:
    """Raises AWS's errors unless each priority is of its own, and no rule that keeps its priority has it."""
    kept = {rule.priority for rule in listener.rules if rule.arn not in wanted}
    numbers = list(wanted.values())
    for number in numbers:
        if number is None or not 1 <= number <= 50_000:
            raise validation("The priority of a rule must be between 1 and 50000")
        if str(number) in kept or numbers.count(number) > 1:
            raise ServiceError("PriorityInUse", f"Priority '{number}' is currently in use")
