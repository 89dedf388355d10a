"""AWS::ECR::Repository.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import is_true, json_text, to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.cloudformation.tags import tag_list, update_tags

_READ_ONLY = ("Arn", "RepositoryUri")
_NOT_IN_THE_REQUEST = (*_READ_ONLY, "EmptyOnDelete", "LifecyclePolicy", "RepositoryPolicyText")

Model = dict[str, Any]


class Repository(Resource):
    TYPE = "AWS::ECR::Repository"
    RESET = (
        "EmptyOnDelete",
        "ImageScanningConfiguration",
        "ImageTagMutability",
        "LifecyclePolicy",
        "RepositoryPolicyText",
        "Tags",
    )
    FIXED = ("ImageTagMutabilityExclusionFilters",)

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, ecr = request.desired_state, self.client(request, "ecr")
        if not model.get("RepositoryName"):
            # Docker allows lower case only.
            model["RepositoryName"] = self.default_name(request).lower()
        made = ecr.create_repository(**to_request(ecr, "CreateRepository", model, ignore=_NOT_IN_THE_REQUEST))
        self.created(request)
        _update_policies(ecr, {}, model)
        repository = made["repository"]
        return self.done({**model, "Arn": repository["repositoryArn"], "RepositoryUri": repository["repositoryUri"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, ecr = request.desired_state, request.previous_state, self.client(request, "ecr")
        model |= {name: previous[name] for name in ("RepositoryName", *_READ_ONLY)}
        _update_mutability(ecr, previous, model)
        _update_scanning(ecr, previous, model)
        _update_policies(ecr, previous, model)
        update_tags(
            previous.get("Tags"),
            model.get("Tags"),
            remove=lambda keys: ecr.untag_resource(resourceArn=model["Arn"], tagKeys=keys),
            put=lambda tags: ecr.tag_resource(resourceArn=model["Arn"], tags=tag_list(tags)),
        )
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        if name := model.get("RepositoryName"):
            force = is_true(model.get("EmptyOnDelete"))
            self.client(request, "ecr").delete_repository(repositoryName=name, force=force)
        return self.done({})


def _update_mutability(ecr: Any, previous: Model, model: Model) -> None:
    old, new = (state.get("ImageTagMutability") or "MUTABLE" for state in (previous, model))
    if new != old:
        ecr.put_image_tag_mutability(repositoryName=model["RepositoryName"], imageTagMutability=new)


def _update_scanning(ecr: Any, previous: Model, model: Model) -> None:
    old, new = (state.get("ImageScanningConfiguration") or {} for state in (previous, model))
    if new != old:
        properties = {
            "RepositoryName": model["RepositoryName"],
            "ImageScanningConfiguration": {"ScanOnPush": False, **new},
        }
        ecr.put_image_scanning_configuration(**to_request(ecr, "PutImageScanningConfiguration", properties))


def _update_policies(ecr: Any, previous: Model, model: Model) -> None:
    name = {"repositoryName": model["RepositoryName"]}
    old, new = ((state.get("LifecyclePolicy") or {}).get("LifecyclePolicyText") for state in (previous, model))
    if new and new != old:
        ecr.put_lifecycle_policy(**name, lifecyclePolicyText=new)
    elif old and not new:
        ecr.delete_lifecycle_policy(**name)
    old, new = (state.get("RepositoryPolicyText") for state in (previous, model))
    if new and new != old:
        ecr.set_repository_policy(**name, policyText=json_text(new))
    elif old and not new:
        ecr.delete_repository_policy(**name)
