"""ECR: Docker pushes and pulls images, and the API describes them."""

import base64
import hashlib
import json
import subprocess
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from lab.errors import refused
from lab.localstack import client, in_container


@pytest.fixture(scope="module")
def ecr() -> Any:
    return client("ecr")


@pytest.fixture
def repository(ecr: Any) -> Iterator[dict[str, Any]]:
    made = ecr.create_repository(repositoryName=f"test/{uuid.uuid4().hex[:8]}")["repository"]
    yield made
    ecr.delete_repository(repositoryName=made["repositoryName"], force=True)


def docker(*argv: str, stdin: str | bytes = "") -> str:
    given = stdin.encode() if isinstance(stdin, str) else stdin
    result = subprocess.run(["docker", *argv], input=given, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


@pytest.fixture(scope="module", autouse=True)
def login(ecr: Any) -> None:
    [data] = ecr.get_authorization_token()["authorizationData"]
    user, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
    assert user == "AWS"
    assert "Login Succeeded" in docker(
        "login", "--username", user, "--password-stdin", data["proxyEndpoint"], stdin=password
    )


@pytest.fixture
def pushed(repository: dict[str, Any]) -> Iterator[str]:
    """Returns the digest of a small image that Docker has pushed with the tag `one`."""
    tagged = f"{repository['repositoryUri']}:one"
    docker("build", "--tag", tagged, "-", stdin=f"FROM scratch\nLABEL unique={uuid.uuid4()}\nENV A=b\n")
    output = docker("push", tagged)
    yield output.rsplit("digest: ", 1)[1].split()[0]
    docker("rmi", "--force", tagged)


def test_an_image_is_pushed_described_and_pulled(ecr: Any, repository: dict[str, Any], pushed: str) -> None:
    name, uri = repository["repositoryName"], repository["repositoryUri"]
    assert uri == f"localhost:{uri.split(':')[1].split('/')[0]}/{name}"
    [described] = ecr.describe_images(repositoryName=name, imageIds=[{"imageTag": "one"}])["imageDetails"]
    assert described["imageDigest"] == pushed
    assert described["imageTags"] == ["one"]
    assert described["imageSizeInBytes"] > 100
    assert ecr.list_images(repositoryName=name)["imageIds"] == [{"imageDigest": pushed, "imageTag": "one"}]
    docker("rmi", "--force", f"{uri}:one")
    assert pushed in docker("pull", f"{uri}:one")


def test_the_requests_of_cdk_assets_before_a_push(ecr: Any, repository: dict[str, Any]) -> None:
    name = repository["repositoryName"]
    message = refused(ecr.describe_images, "ImageNotFoundException", repositoryName=name, imageIds=[{"imageTag": "x"}])
    assert message.startswith("The image with imageId {imageDigest:'null', imageTag:'x'} does not exist within")
    refused(ecr.describe_images, "RepositoryNotFoundException", repositoryName="nobody", imageIds=[{"imageTag": "x"}])
    [found] = ecr.describe_repositories(repositoryNames=[name])["repositories"]
    assert found["repositoryUri"] == repository["repositoryUri"]


def test_manifests_layers_and_tags(ecr: Any, repository: dict[str, Any], pushed: str) -> None:
    name = repository["repositoryName"]
    asked = [{"imageTag": "one"}, {"imageTag": "none"}]
    answer = ecr.batch_get_image(repositoryName=name, imageIds=asked)
    [image], [failure] = answer["images"], answer["failures"]
    assert failure["failureCode"] == "ImageNotFound"
    manifest = image["imageManifest"]
    assert f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}" == pushed
    digest = json.loads(manifest)["config"]["digest"]
    assert refused(ecr.get_download_url_for_layer, "LayersNotFoundException", repositoryName=name, layerDigest=pushed)
    layers = [layer["digest"] for layer in json.loads(manifest)["layers"]]
    available = ecr.batch_check_layer_availability(
        repositoryName=name, layerDigests=[*layers, digest, "sha256:" + "0" * 64]
    )
    states = [layer["layerAvailability"] for layer in available["layers"]]
    assert states == ["AVAILABLE"] * (len(layers) + 1) + ["UNAVAILABLE"]

    put = ecr.put_image(repositoryName=name, imageManifest=manifest, imageTag="two")["image"]
    assert put["imageId"] == {"imageDigest": pushed, "imageTag": "two"}
    again = {"repositoryName": name, "imageManifest": manifest, "imageTag": "two"}
    refused(ecr.put_image, "ImageAlreadyExistsException", **again)
    deleted = ecr.batch_delete_image(repositoryName=name, imageIds=[{"imageTag": "one"}])
    assert deleted["imageIds"] == [{"imageDigest": pushed, "imageTag": "one"}]
    assert ecr.describe_images(repositoryName=name)["imageDetails"][0]["imageTags"] == ["two"]
    ecr.batch_delete_image(repositoryName=name, imageIds=[{"imageDigest": pushed}])
    assert ecr.describe_images(repositoryName=name)["imageDetails"] == []
    missing = manifest.replace(digest, "sha256:" + "1" * 64)
    refused(ecr.put_image, "LayersNotFoundException", repositoryName=name, imageManifest=missing, imageTag="bad")


def test_immutable_tags(ecr: Any, repository: dict[str, Any], pushed: str) -> None:
    name = repository["repositoryName"]
    ecr.put_image_tag_mutability(repositoryName=name, imageTagMutability="IMMUTABLE")
    [image] = ecr.batch_get_image(repositoryName=name, imageIds=[{"imageTag": "one"}])["images"]
    again = {"repositoryName": name, "imageManifest": image["imageManifest"], "imageTag": "one"}
    refused(ecr.put_image, "ImageTagAlreadyExistsException", **again)


def test_only_force_deletes_a_repository_with_images(ecr: Any) -> None:
    name = f"test/{uuid.uuid4().hex[:8]}"
    uri = ecr.create_repository(repositoryName=name)["repository"]["repositoryUri"]
    docker("build", "--tag", f"{uri}:one", "-", stdin="FROM scratch\nENV A=b\n")
    docker("push", f"{uri}:one")
    docker("rmi", f"{uri}:one")
    assert "still contains images" in refused(ecr.delete_repository, "RepositoryNotEmptyException", repositoryName=name)
    ecr.delete_repository(repositoryName=name, force=True)
    refused(ecr.describe_repositories, "RepositoryNotFoundException", repositoryNames=[name])
    # The next repository of that name starts empty.
    ecr.create_repository(repositoryName=name)
    assert ecr.list_images(repositoryName=name)["imageIds"] == []
    ecr.delete_repository(repositoryName=name)


def test_references_of_task_definitions_lead_to_the_registry(repository: dict[str, Any]) -> None:
    code = (
        "import sys; from localstack_engines.services.ecr.public import local_reference\n"
        "print(*map(local_reference, sys.argv[1:]))"
    )
    given = [
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/b:tag",
        "000000000000.dkr.ecr.us-east-1.localhost.localstack.cloud:4566/a@sha256:00",
        "debian:trixie-slim",
    ]
    registry = repository["repositoryUri"].split("/")[0]
    found = in_container("python", "-c", code, *given).split()
    assert found == [f"{registry}/a/b:tag", f"{registry}/a@sha256:00", "debian:trixie-slim"]


def test_a_registry_id_names_the_accounts_registry_only(ecr: Any, repository: dict[str, Any]) -> None:
    name, own = repository["repositoryName"], repository["registryId"]
    assert ecr.describe_images(repositoryName=name, registryId=own)["imageDetails"] == []
    for call in (ecr.describe_images, ecr.list_images, ecr.get_lifecycle_policy):
        message = refused(call, "RepositoryNotFoundException", repositoryName=name, registryId="999999999999")
        assert "999999999999" in message
    refused(ecr.describe_repositories, "InvalidParameterException", registryId="999999999999")


def test_image_ids_that_name_no_image_say_why(ecr: Any, repository: dict[str, Any], pushed: str) -> None:
    name = repository["repositoryName"]
    ids = [{}, {"imageDigest": "x"}, {"imageDigest": f"sha256:{'0' * 64}", "imageTag": "one"}]
    codes = ["MissingDigestAndTag", "InvalidImageDigest", "ImageTagDoesNotMatchDigest"]
    for call in (ecr.batch_delete_image, ecr.batch_get_image):
        failures = call(repositoryName=name, imageIds=ids)["failures"]
        assert [failure["failureCode"] for failure in failures] == codes
    refused(ecr.describe_images, "InvalidParameterException", repositoryName=name, imageIds=[{}])
    assert ecr.describe_images(repositoryName=name)["imageDetails"][0]["imageDigest"] == pushed


def test_the_media_type_of_a_manifest(ecr: Any, repository: dict[str, Any], pushed: str) -> None:
    name = repository["repositoryName"]
    [image] = ecr.batch_get_image(repositoryName=name, imageIds=[{"imageTag": "one"}])["images"]
    manifest = json.loads(image["imageManifest"])
    oci = "application/vnd.oci.image.manifest.v1+json"
    untyped = json.dumps({key: value for key, value in manifest.items() if key != "mediaType"})
    put = {"repositoryName": name, "imageTag": "oci", "imageManifest": untyped}
    refused(ecr.put_image, "InvalidParameterException", **put)
    refused(ecr.put_image, "ImageDigestDoesNotMatchException", **put, imageManifestMediaType=oci, imageDigest=pushed)
    assert ecr.put_image(**put, imageManifestMediaType=oci)["image"]["imageManifestMediaType"] == oci
    typed = {**put, "imageManifest": image["imageManifest"]}
    refused(ecr.put_image, "InvalidParameterException", **typed, imageManifestMediaType="text/plain")
    refused(ecr.put_image, "InvalidParameterException", **{**put, "imageManifest": "no JSON"})


def test_a_lifecycle_policy_expires_images(ecr: Any, repository: dict[str, Any], pushed: str) -> None:
    name = {"repositoryName": repository["repositoryName"]}
    [image] = ecr.batch_get_image(**name, imageIds=[{"imageTag": "one"}])["images"]
    other = image["imageManifest"].rstrip() + "\n\n"
    newest = ecr.put_image(**name, imageManifest=other, imageTag="two")["image"]["imageId"]["imageDigest"]
    selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1}
    policy = json.dumps({"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]})
    refused(ecr.get_lifecycle_policy_preview, "LifecyclePolicyPreviewNotFoundException", **name)
    refused(ecr.start_lifecycle_policy_preview, "LifecyclePolicyNotFoundException", **name)
    assert ecr.start_lifecycle_policy_preview(**name, lifecyclePolicyText=policy)["status"] == "IN_PROGRESS"
    preview = ecr.get_lifecycle_policy_preview(**name)
    assert [result["imageDigest"] for result in preview["previewResults"]] == [pushed]
    assert preview["summary"]["expiringImageTotalCount"] == 1
    refused(
        ecr.put_lifecycle_policy,
        "InvalidParameterException",
        "unique",
        **name,
        lifecyclePolicyText=json.dumps({"rules": json.loads(policy)["rules"] * 2}),
    )
    assert len(ecr.describe_images(**name)["imageDetails"]) == 2
    ecr.put_lifecycle_policy(**name, lifecyclePolicyText=policy)
    assert [detail["imageDigest"] for detail in ecr.describe_images(**name)["imageDetails"]] == [newest]
    assert ecr.get_lifecycle_policy(**name)["lifecyclePolicyText"] == policy
    ecr.delete_lifecycle_policy(**name)
    refused(ecr.get_lifecycle_policy, "LifecyclePolicyNotFoundException", **name)


def test_an_image_is_pushed_through_the_api_alone(ecr: Any, repository: dict[str, Any]) -> None:
    name = {"repositoryName": repository["repositoryName"]}

    def upload(*parts: bytes) -> dict[str, Any]:
        digest = f"sha256:{hashlib.sha256(b''.join(parts)).hexdigest()}"
        started = {**name, "uploadId": ecr.initiate_layer_upload(**name)["uploadId"]}
        refused(ecr.complete_layer_upload, "EmptyUploadException", **started, layerDigests=[digest])
        first = 0
        for part in parts:
            sent = {**started, "partFirstByte": first, "partLastByte": first + len(part) - 1, "layerPartBlob": part}
            assert ecr.upload_layer_part(**sent)["lastByteReceived"] == first + len(part) - 1
            refused(ecr.upload_layer_part, "InvalidLayerPartException", **sent)
            first += len(part)
        wrong = f"sha256:{'0' * 64}"
        refused(ecr.complete_layer_upload, "InvalidLayerException", **started, layerDigests=[wrong])
        assert ecr.complete_layer_upload(**started, layerDigests=[digest])["layerDigest"] == digest
        refused(ecr.complete_layer_upload, "UploadNotFoundException", **started, layerDigests=[digest])
        return {"digest": digest, "size": first}

    kind = "application/vnd.oci.image"
    config = {"mediaType": f"{kind}.config.v1+json", **upload(b'{"architecture":"amd64","os":"linux"}')}
    layer = {"mediaType": f"{kind}.layer.v1.tar", **upload(b"first part, ", b"second part")}
    manifest = {"schemaVersion": 2, "mediaType": f"{kind}.manifest.v1+json", "config": config, "layers": [layer]}
    ecr.put_image(**name, imageManifest=json.dumps(manifest), imageTag="one")
    [described] = ecr.describe_images(**name)["imageDetails"]
    assert described["imageSizeInBytes"] == config["size"] + layer["size"]
    assert ecr.get_download_url_for_layer(**name, layerDigest=layer["digest"])["layerDigest"] == layer["digest"]
