"""What the valid requests of ECR need."""

import hashlib
import json

from conformance.worlds import Json, World, unique

_LAYER = f"sha256:{hashlib.sha256(b'layer').hexdigest()}"
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

    def upload(world: World) -> Json:
        return {"repositoryName": name, "uploadId": world.known["uploadId"]}

    put = {"repositoryName": name, "imageManifest": json.dumps(_MANIFEST), "imageTag": "one"}
    by_tag = {"repositoryName": name, "imageIds": [{"imageTag": "one"}]}
    return World(
        implemented,
        known={"repositoryName": name, "policyText": json.dumps(policy), "lifecyclePolicyText": json.dumps(lifecycle)},
        calls={
            "CreateRepository": {"repositoryName": name},
            "DeleteRepository": {"repositoryName": name, "force": True},
            "PutImage": put,
            "InitiateLayerUpload": {"repositoryName": name},
            "UploadLayerPart": lambda world: {
                **upload(world),
                "partFirstByte": 0,
                "partLastByte": 4,
                "layerPartBlob": b"layer",
            },
            "CompleteLayerUpload": lambda world: {**upload(world), "layerDigests": [_LAYER]},
            "GetDownloadUrlForLayer": {"repositoryName": name, "layerDigest": _LAYER},
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
        kept={
            "InitiateLayerUpload": {"uploadId": "uploadId"},
            "CreateRepository": {"resourceArn": "repository.repositoryArn"},
        },
        last=("DeleteRepositoryPolicy", "DeleteRegistryPolicy", "DeleteLifecyclePolicy", "DeleteRepository"),
    )
