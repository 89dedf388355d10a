"""Operations on tags."""

from localstack.aws.api import RequestContext

from localstack_engines.services.elbv2.api import descriptions
from localstack_engines.services.elbv2.api.operations import Operations, Request, Response
from localstack_engines.services.elbv2.api.tag_rules import check_number, given_tags
from localstack_engines.services.elbv2.errors import validation


class TagOperations(Operations):
    """Tags, untags and describes the tags of load balancers, listeners, rules and target groups."""

    def add_tags(self, context: RequestContext, request: Request) -> Response:
        new = given_tags(request)
        found = [self._tags(context, arn) for arn in request["ResourceArns"]]
        for tags in found:
            check_number(tags | new)
        for tags in found:
            tags.update(new)
        return {}

    def remove_tags(self, context: RequestContext, request: Request) -> Response:
        for tags in [self._tags(context, arn) for arn in request["ResourceArns"]]:
            for key in request["TagKeys"]:
                tags.pop(key, None)
        return {}

    def describe_tags(self, context: RequestContext, request: Request) -> Response:
        return {
            "TagDescriptions": [
                {"ResourceArn": arn, "Tags": [{"Key": k, "Value": v} for k, v in self._shown(context, arn).items()]}
                for arn in request["ResourceArns"]
            ]
        }

    def _shown(self, context: RequestContext, arn: str) -> dict[str, str]:
        if ":listener/" in arn:
            return descriptions.listener_tags(self.listener(context, arn)[1])
        return self._tags(context, arn)

    def _tags(self, context: RequestContext, arn: str) -> dict[str, str]:
        """Returns the tags of a resource. Raises AWS's error when there is no such resource."""
        kind = arn.split(":")[-1].partition("/")[0]
        if kind == "loadbalancer":
            return self.load_balancer(context, arn).tags
        if kind == "listener":
            return self.listener(context, arn)[1].tags
        if kind == "listener-rule":
            return self.rule(context, arn)[2].tags
        if kind == "targetgroup":
            return self.target_group(context, arn).tags
        raise validation(f"'{arn}' is not a valid load balancer, target group, listener or rule ARN")
