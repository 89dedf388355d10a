"""CloudFormation type of ECR.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
"""

import json
from typing import Any

from localstack.services.cloudformation import provider_utils
from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Resource


class Repository(Resource):
    TYPE = "AWS::ECR::Repository"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, ecr = request.desired_state, self.client(request, "ecr")
        if not model.get("RepositoryName"):
            name = provider_utils.generate_default_name(request.stack_name, request.logical_resource_id)
            model["RepositoryName"] = name.lower()
        shape = ecr.meta.service_model.operation_model("CreateRepository").input_shape
        made = ecr.create_repository(**provider_utils.convert_request_kwargs(model, shape))["repository"]
        self.created(request)
        _put_policies(ecr, {}, model)
        return self.done({**model, "Arn": made["repositoryArn"], "RepositoryUri": made["repositoryUri"]})

    def read(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        self.client(request, "ecr").describe_repositories(repositoryNames=[model["RepositoryName"]])
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, before, ecr = request.desired_state, request.previous_state, self.client(request, "ecr")
        for attribute in ("RepositoryName", "Arn", "RepositoryUri"):
            model[attribute] = before[attribute]
        name = {"repositoryName": model["RepositoryName"]}
        mutability = model.get("ImageTagMutability") or "MUTABLE"
        if mutability != (before.get("ImageTagMutability") or "MUTABLE"):
            ecr.put_image_tag_mutability(**name, imageTagMutability=mutability)
        scanning = model.get("ImageScanningConfiguration") or {}
        if scanning != (before.get("ImageScanningConfiguration") or {}):
            on_push = str(scanning.get("ScanOnPush", False)).lower() == "true"
            ecr.put_image_scanning_configuration(**name, imageScanningConfiguration={"scanOnPush": on_push})
        _put_policies(ecr, before, model)
        _update_tags(ecr, before, model)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        if name := model.get("RepositoryName"):
            force = str(model.get("EmptyOnDelete", False)).lower() == "true"
            self.client(request, "ecr").delete_repository(repositoryName=name, force=force)
        return self.done({})


def _put_policies(ecr: Any, before: dict[str, Any], model: dict[str, Any]) -> None:
    name = {"repositoryName": model["RepositoryName"]}
    lifecycle, old_lifecycle = (
        (state.get("LifecyclePolicy") or {}).get("LifecyclePolicyText") for state in (model, before)
    )
    if lifecycle and lifecycle != old_lifecycle:
        ecr.put_lifecycle_policy(**name, lifecyclePolicyText=lifecycle)
    elif old_lifecycle and not lifecycle:
        ecr.delete_lifecycle_policy(**name)
    policy, old_policy = model.get("RepositoryPolicyText"), before.get("RepositoryPolicyText")
    if policy and policy != old_policy:
        ecr.set_repository_policy(**name, policyText=policy if isinstance(policy, str) else json.dumps(policy))
    elif old_policy and not policy:
        ecr.delete_repository_policy(**name)


def _update_tags(ecr: Any, before: dict[str, Any], model: dict[str, Any]) -> None:
    old = {tag["Key"]: tag["Value"] for tag in before.get("Tags") or []}
    new = {tag["Key"]: tag["Value"] for tag in model.get("Tags") or []}
    if gone := sorted(old.keys() - new.keys()):
        ecr.untag_resource(resourceArn=model["Arn"], tagKeys=gone)
    if new:
        ecr.tag_resource(resourceArn=model["Arn"], tags=[{"Key": key, "Value": value} for key, value in new.items()])


