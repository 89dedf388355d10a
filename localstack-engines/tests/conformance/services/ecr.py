"""What the valid requests of ECR need."""

import json

from conformance.worlds import World, unique

_MANIFEST = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}


def world(implemented: set[str]) -> World:
    name = unique()
    rule = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 9}
    lifecycle = {"rules": [{"rulePriority": 1, "selection": rule, "action": {"type": "expire"}}]}
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "a", "Effect": "Allow", "Principal": "*", "Action": ["ecr:ReplicateImage"], "Resource": "*"}
        ],
    }
    put = {"repositoryName": name, "imageManifest": json.dumps(_MANIFEST), "imageTag": "one"}
    by_tag = {"repositoryName": name, "imageIds": [{"imageTag": "one"}]}
    return World(
        implemented,
        known={"repositoryName": name, "policyText": json.dumps(policy), "lifecyclePolicyText": json.dumps(lifecycle)},
        calls={
            "CreateRepository": {"repositoryName": name},
            "DeleteRepository": {"repositoryName": name, "force": True},
            "PutImage": put,
            "BatchGetImage": by_tag,
            "SetRepositoryPolicy": {"repositoryName": name, "policyText": json.dumps(policy)},
            "PutRegistryPolicy": {"policyText": json.dumps(policy)},
            "PutLifecyclePolicy": {"repositoryName": name, "lifecyclePolicyText": json.dumps(lifecycle)},
            "StartLifecyclePolicyPreview": {"repositoryName": name},
            "BatchDeleteImage": {"repositoryName": name, "imageIds": [{"imageTag": "none"}]},
            "GetRepositoryPolicy": {"repositoryName": name},
            "GetRegistryPolicy": {},
            "TagResource": lambda world: {
                "resourceArn": world.known["resourceArn"],
                "tags": [{"Key": "a", "Value": "b"}],
            },
        },
        fresh={"CreateRepository": "repositoryName"},
        kept={"CreateRepository": {"resourceArn": "repository.repositoryArn"}},
        last=("DeleteRepositoryPolicy", "DeleteRegistryPolicy", "DeleteLifecyclePolicy", "DeleteRepository"),
    )
