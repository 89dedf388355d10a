"""IAM roles and policies whose updates change what is there.

LocalStack's own types ignore a changed inline policy, make a role anew for a changed
trust policy (and lose what was attached to it) and cannot change a managed policy.
"""

import contextlib
import json
from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed, Resource

PRINCIPALS = {"Roles": "role", "Users": "user", "Groups": "group"}
MAXIMUM_VERSIONS = 5
"""Of a managed policy (IAM's quota)."""


class Role(Resource):
    TYPE = "AWS::IAM::Role"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        iam, model = self.client(request, "iam"), request.desired_state
        names = ("Path", "Description", "MaxSessionDuration", "PermissionsBoundary", "Tags")
        properties = {name: model[name] for name in names if model.get(name)}
        if "MaxSessionDuration" in properties:
            properties["MaxSessionDuration"] = int(properties["MaxSessionDuration"])
        name = model.setdefault("RoleName", self.default_name(request))
        trust = _document(model["AssumeRolePolicyDocument"])
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **properties)["Role"]
        self.created(request)
        model.update(Arn=role["Arn"], RoleId=role["RoleId"])
        self._attach(iam, model, {})
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        iam, model, previous = self.client(request, "iam"), request.desired_state, request.previous_state
        model.update({name: previous[name] for name in ("RoleName", "Arn", "RoleId")})
        name = model["RoleName"]
        if model["AssumeRolePolicyDocument"] != previous.get("AssumeRolePolicyDocument"):
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=_document(model["AssumeRolePolicyDocument"]))
        iam.update_role(
            RoleName=name,
            Description=model.get("Description") or "",
            MaxSessionDuration=int(model.get("MaxSessionDuration") or 3600),
        )
        self._attach(iam, model, previous)
        if gone := sorted(_tag_keys(previous) - _tag_keys(model)):
            iam.untag_role(RoleName=name, TagKeys=gone)
        if model.get("Tags"):
            iam.tag_role(RoleName=name, Tags=model["Tags"])
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        iam, model = self.client(request, "iam"), request.desired_state
        self._attach(iam, {"RoleName": model["RoleName"]}, model)
        iam.delete_role(RoleName=model["RoleName"])
        return self.done({})

    @staticmethod
    def _attach(iam: Any, model: dict[str, Any], previous: dict[str, Any]) -> None:
        """Makes managed and inline policies of the role those of the new template."""
        name = model["RoleName"]
        old, new = set(previous.get("ManagedPolicyArns") or []), set(model.get("ManagedPolicyArns") or [])
        inline = {policy["PolicyName"]: policy["PolicyDocument"] for policy in model.get("Policies") or []}
        for arn in sorted(old - new):
            with contextlib.suppress(iam.exceptions.NoSuchEntityException):
                iam.detach_role_policy(RoleName=name, PolicyArn=arn)
        for policy in previous.get("Policies") or []:
            if policy["PolicyName"] not in inline:
                with contextlib.suppress(iam.exceptions.NoSuchEntityException):
                    iam.delete_role_policy(RoleName=name, PolicyName=policy["PolicyName"])
        for arn in sorted(new - old):
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        for policy_name, document in inline.items():
            iam.put_role_policy(RoleName=name, PolicyName=policy_name, PolicyDocument=_document(document))


class Policy(Resource):
    """An inline policy of roles, users and groups."""

    TYPE = "AWS::IAM::Policy"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        if not _principals(model):
            raise Failed("At least one of [Groups,Roles,Users] must be non-empty.", "InvalidRequest")
        self.created(request)
        model["Id"] = self.default_name(request)
        self._put(self.client(request, "iam"), model)
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        iam, model, previous = self.client(request, "iam"), request.desired_state, request.previous_state
        model["Id"] = previous["Id"]
        self._put(iam, model)
        renamed = model["PolicyName"] != previous["PolicyName"]
        self._remove(iam, previous, _principals(previous) if renamed else _principals(previous) - _principals(model))
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        self._remove(self.client(request, "iam"), model, _principals(model))
        return self.done({})

    @staticmethod
    def _put(iam: Any, model: dict[str, Any]) -> None:
        for kind, name in sorted(_principals(model)):
            put = getattr(iam, f"put_{kind}_policy")
            put(
                PolicyName=model["PolicyName"],
                PolicyDocument=_document(model["PolicyDocument"]),
                **{f"{kind.title()}Name": name},
            )

    @staticmethod
    def _remove(iam: Any, model: dict[str, Any], principals: set[tuple[str, str]]) -> None:
        for kind, name in sorted(principals):
            with contextlib.suppress(iam.exceptions.NoSuchEntityException):
                delete = getattr(iam, f"delete_{kind}_policy")
                delete(PolicyName=model["PolicyName"], **{f"{kind.title()}Name": name})


class ManagedPolicy(Resource):
    TYPE = "AWS::IAM::ManagedPolicy"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        iam, model = self.client(request, "iam"), request.desired_state
        name = model.setdefault("ManagedPolicyName", self.default_name(request, length=128))
        properties = {key: model[key] for key in ("Description", "Path") if model.get(key)}
        policy = iam.create_policy(PolicyName=name, PolicyDocument=_document(model["PolicyDocument"]), **properties)
        model["PolicyArn"] = policy["Policy"]["Arn"]
        self._attach(iam, model, {})
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        iam, model, previous = self.client(request, "iam"), request.desired_state, request.previous_state
        model.update({name: previous[name] for name in ("ManagedPolicyName", "PolicyArn")})
        if model["PolicyDocument"] != previous["PolicyDocument"]:
            self._make_room(iam, model["PolicyArn"])
            document = _document(model["PolicyDocument"])
            iam.create_policy_version(PolicyArn=model["PolicyArn"], PolicyDocument=document, SetAsDefault=True)
        self._attach(iam, model, previous)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        iam, model = self.client(request, "iam"), request.desired_state
        self._attach(iam, {"PolicyArn": model["PolicyArn"]}, model)
        for version in iam.list_policy_versions(PolicyArn=model["PolicyArn"])["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=model["PolicyArn"], VersionId=version["VersionId"])
        iam.delete_policy(PolicyArn=model["PolicyArn"])
        return self.done({})

    @staticmethod
    def _attach(iam: Any, model: dict[str, Any], previous: dict[str, Any]) -> None:
        arn, old, new = model["PolicyArn"], _principals(previous), _principals(model)
        for kind, name in sorted(old - new):
            with contextlib.suppress(iam.exceptions.NoSuchEntityException):
                getattr(iam, f"detach_{kind}_policy")(PolicyArn=arn, **{f"{kind.title()}Name": name})
        for kind, name in sorted(new - old):
            getattr(iam, f"attach_{kind}_policy")(PolicyArn=arn, **{f"{kind.title()}Name": name})

    @staticmethod
    def _make_room(iam: Any, arn: str) -> None:
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        if len(versions) >= MAXIMUM_VERSIONS:
            oldest = min(
                (version for version in versions if not version["IsDefaultVersion"]),
                key=lambda version: version["CreateDate"],
            )
            iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])


def _principals(model: dict[str, Any]) -> set[tuple[str, str]]:
    return {(kind, name) for key, kind in PRINCIPALS.items() for name in model.get(key) or []}


def _tag_keys(model: dict[str, Any]) -> set[str]:
    return {tag["Key"] for tag in model.get("Tags") or []}


def _document(policy: Any) -> str:
    return policy if isinstance(policy, str) else json.dumps(policy)
