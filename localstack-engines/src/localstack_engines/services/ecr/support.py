"""What the local ECR service does with each operation and member of its API. See `toolkit/support.py`."""

from localstack_engines.toolkit.support import Members, Support

_TAGS = "tags are records on AWS too"
_POLICY = "a policy is kept; no access is checked locally, and the registry asks for no credentials"

_MOTO = {
    "DeleteRegistryPolicy": _POLICY,
    "DeleteRepositoryPolicy": _POLICY,
    "DescribeRegistry": "the registry's id; it has no replication rules, because these are refused",
    "GetRegistryPolicy": _POLICY,
    "GetRepositoryPolicy": _POLICY,
    "ListTagsForResource": _TAGS,
    "PutImageScanningConfiguration": "a setting of the record; images' findings are never reported",
    "PutImageTagMutability": "the record is read when an image is put",
    "PutRegistryPolicy": _POLICY,
    "SetRepositoryPolicy": _POLICY,
    "TagResource": _TAGS,
    "UntagResource": _TAGS,
}
"""Operations that moto answers, and why its record is all there is to them."""

_REFUSED = {
    "CreatePullThroughCacheRule": "images are not fetched from other registries",
    "DescribeImageScanFindings": "images are not scanned",
    "PutRegistryScanningConfiguration": "images are not scanned",
    "PutReplicationConfiguration": "images are not copied to other regions",
    "StartImageScan": "images are not scanned",
}
"""Operations whose error gives a reason."""

_NO_SCANNER = "images are not scanned; the operations on findings are refused"
_REPOSITORY = "registryId repositoryName"
_MEMBERS = {
    "BatchCheckLayerAvailabilityRequest": Members(f"{_REPOSITORY} layerDigests"),
    "BatchDeleteImageRequest": Members(f"{_REPOSITORY} imageIds"),
    "BatchGetImageRequest": Members(
        f"{_REPOSITORY} imageIds",
        ignored={"acceptedMediaTypes": "a manifest is returned in the type that it was pushed in"},
    ),
    "CompleteLayerUploadRequest": Members(f"{_REPOSITORY} uploadId layerDigests"),
    "CreateRepositoryRequest": Members(
        _REPOSITORY,
        recorded="tags",
        ignored={
            "encryptionConfiguration": "storage at rest looks the same to every client",
            "imageScanningConfiguration": _NO_SCANNER,
        },
        only={"imageTagMutability": ("MUTABLE", "IMMUTABLE")},
    ),
    "DeleteRepositoryRequest": Members(f"{_REPOSITORY} force"),
    "DescribeImagesFilter": Members("tagStatus", only={"imageStatus": ("ACTIVE", "ANY")}),
    "DescribeImagesRequest": Members(f"{_REPOSITORY} imageIds nextToken maxResults filter"),
    "DescribeRepositoriesRequest": Members("registryId repositoryNames nextToken maxResults"),
    "GetAuthorizationTokenRequest": Members(ignored={"registryIds": "a token is valid for every registry"}),
    "DeleteLifecyclePolicyRequest": Members(_REPOSITORY),
    "GetDownloadUrlForLayerRequest": Members(f"{_REPOSITORY} layerDigest"),
    "GetLifecyclePolicyPreviewRequest": Members(f"{_REPOSITORY} imageIds nextToken maxResults filter"),
    "GetLifecyclePolicyRequest": Members(_REPOSITORY),
    "ImageIdentifier": Members("imageDigest imageTag"),
    "InitiateLayerUploadRequest": Members(_REPOSITORY),
    "LifecyclePolicyPreviewFilter": Members("tagStatus"),
    "ListImagesFilter": Members("tagStatus", only={"imageStatus": ("ACTIVE", "ANY")}),
    "ListImagesRequest": Members(f"{_REPOSITORY} nextToken maxResults filter"),
    "PutImageRequest": Members(f"{_REPOSITORY} imageManifest imageManifestMediaType imageTag imageDigest"),
    "PutLifecyclePolicyRequest": Members(f"{_REPOSITORY} lifecyclePolicyText"),
    "StartLifecyclePolicyPreviewRequest": Members(f"{_REPOSITORY} lifecyclePolicyText"),
    "Tag": Members(recorded="Key Value"),
    "UploadLayerPartRequest": Members(f"{_REPOSITORY} uploadId partFirstByte partLastByte layerPartBlob"),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

SUPPORT = Support("InvalidParameterException", _MEMBERS, moto=_MOTO, refused=_REFUSED)
