"""Operations on lifecycle policies. Moto keeps their text."""

from datetime import UTC, datetime
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecr.api.operations import Operations, Request, Response
from localstack_engines.services.ecr.api.paging import PAGER
from localstack_engines.services.ecr.control.lifecycle_rules import InvalidPolicy, Rule, expired, parse
from localstack_engines.services.ecr.engine.image_storage import Image
from localstack_engines.services.ecr.errors import invalid_parameter, preview_not_found
from localstack_engines.toolkit.dispatch import moto

Preview = dict[str, Any]


class LifecyclePolicyOperations(Operations):
    """Puts policies and carries them out, and previews what they would expire."""

    def put_lifecycle_policy(self, context: RequestContext, request: Request) -> Response:
        repository, policy = self.repository_name(context, request), request["lifecyclePolicyText"]
        _rules(policy)
        response = moto(context, "PutLifecyclePolicy", request)
        self.lifecycle.carry_out(repository, policy)
        return response

    def get_lifecycle_policy(self, context: RequestContext, request: Request) -> Response:
        self.repository(context, request)
        return moto(context, "GetLifecyclePolicy", request)

    def delete_lifecycle_policy(self, context: RequestContext, request: Request) -> Response:
        self.repository(context, request)
        return moto(context, "DeleteLifecyclePolicy", request)

    def start_lifecycle_policy_preview(self, context: RequestContext, request: Request) -> Response:
        repository = self.repository_name(context, request)
        named = {"repositoryName": repository}
        policy = request.get("lifecyclePolicyText") or moto(context, "GetLifecyclePolicy", named)["lifecyclePolicyText"]
        results = expired(self.storage.images(repository), _rules(policy), datetime.now(UTC))
        described = {"registryId": context.account_id, **named, "lifecyclePolicyText": policy}
        self.previews[repository] = {**described, "results": [_result(*pair) for pair in results.items()]}
        return {**described, "status": "IN_PROGRESS"}

    def get_lifecycle_policy_preview(self, context: RequestContext, request: Request) -> Response:
        repository = self.repository_name(context, request)
        preview = self.previews.get(repository)
        if preview is None:
            raise preview_not_found(repository, context.account_id)
        results = [result for result in preview["results"] if _asked_for(result, request)]
        page, next_token = PAGER.page(results, request)
        return {
            **{name: preview[name] for name in ("registryId", "repositoryName", "lifecyclePolicyText")},
            "status": "COMPLETE",
            "previewResults": page,
            "summary": {"expiringImageTotalCount": len(preview["results"])},
            **next_token,
        }


def _rules(policy: str) -> list[Rule]:
    try:
        return parse(policy)
    except InvalidPolicy as problem:
        raise invalid_parameter(
            "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: "
            f"'Lifecycle policy validation failure: {problem}'"
        ) from None


def _result(image: Image, rule: Rule) -> dict[str, Any]:
    return {
        "imageTags": list(image.tags),
        "imageDigest": image.digest,
        "imagePushedAt": image.pushed_at,
        "action": {"type": "EXPIRE"},
        "appliedRulePriority": rule.priority,
    }


def _asked_for(result: dict[str, Any], request: Request) -> bool:
    ids = request.get("imageIds")
    named = not ids or any(
        one.get("imageDigest") == result["imageDigest"] or one.get("imageTag") in result["imageTags"] for one in ids
    )
    status = (request.get("filter") or {}).get("tagStatus", "ANY")
    return named and (status == "ANY" or bool(result["imageTags"]) == (status == "TAGGED"))
