"""Custom domain names: their mappings choose the API and the stage, over http and https."""

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from lab.errors import refused
from lab.gateway import HttpApi, Upstream
from lab.localstack import ACCOUNT
from lab.stacks import Stack

UNKNOWN_CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/none"
SEEN = {
    "overwrite:header.x-route-path": "$request.path",
    "overwrite:header.x-path": "$context.path",
    "overwrite:header.x-domain": "${context.domainPrefix} at ${context.domainName}",
    "overwrite:header.x-stage": "$context.stage",
}


@pytest.fixture
def client(aws: Callable[..., Any]) -> Any:
    return aws("apigatewayv2")


@pytest.fixture
def api(client: Any, endpoint: str, upstream: Upstream) -> Iterator[HttpApi]:
    """An API whose upstream sees what the request was mapped to."""
    api = HttpApi(client, endpoint)
    api.route("ANY /{proxy+}", api.proxy(upstream.url, RequestParameters=SEEN))
    api.stage("live")
    api.stage()
    yield api
    api.delete()


@pytest.fixture
def make(client: Any, api: HttpApi) -> Iterator[Callable[..., None]]:
    """Makes a domain name with mappings of the API: key and stage."""
    made = []

    def make(name: str, mappings: dict[str, str], certificate: str = UNKNOWN_CERTIFICATE) -> None:
        client.create_domain_name(DomainName=name, DomainNameConfigurations=[{"CertificateArn": certificate}])
        made.append(name)
        for key, stage in mappings.items():
            client.create_api_mapping(DomainName=name, ApiId=api.id, Stage=stage, ApiMappingKey=key)

    yield make
    for name in made:
        client.delete_domain_name(DomainName=name)


def seen(answer: httpx.Response) -> dict[str, str]:
    """Returns the headers that describe what the request was mapped to."""
    assert answer.status_code == 200
    return {name: value for name, value in answer.json()["headers"] if name in {"x-route-path", "x-path", "x-stage"}}


def test_the_longest_mapping_is_chosen(endpoint: str, unique: str, make: Callable[..., None]) -> None:
    name = f"{unique}.example.com"
    make(name, {"": "live", "v1": "$default", "v1/live": "live"})

    def ask(path: str) -> tuple[str, str, str]:
        found = seen(httpx.get(endpoint + path, headers={"host": f"{name.upper()}:1234"}))
        return found["x-stage"], found["x-route-path"], found["x-path"]

    assert ask("/a/b?c=d") == ("live", "/a/b", "/live/a/b")
    assert ask("/v1/a") == ("$default", "/a", "/a")
    assert ask("/v1/live/a") == ("live", "/a", "/live/a")
    # The key ends with a segment, and a stage's name has no meaning in a path of a custom domain.
    assert ask("/v10/a") == ("live", "/v10/a", "/live/v10/a")
    assert ask("/live/a") == ("live", "/live/a", "/live/live/a")


def test_the_context_names_the_domain(endpoint: str, unique: str, make: Callable[..., None]) -> None:
    make(f"*.{unique}.example.com", {"": "$default"})
    make(f"own.{unique}.example.com", {"v1": "$default"})
    answer = httpx.get(f"{endpoint}/x", headers={"host": f"any.{unique}.example.com"})
    assert ["x-domain", f"any at any.{unique}.example.com"] in answer.json()["headers"]
    unmapped = httpx.get(f"{endpoint}/x", headers={"host": f"own.{unique}.example.com"})
    assert (unmapped.status_code, unmapped.json()) == (403, {"message": "Forbidden"})


def test_mappings_can_be_changed_while_a_connection_is_open(
    client: Any, endpoint: str, unique: str, make: Callable[..., None], api: HttpApi
) -> None:
    name = f"{unique}.example.com"
    make(name, {"v1": "live"})
    [mapping] = client.get_api_mappings(DomainName=name)["Items"]
    reference = {"DomainName": name, "ApiMappingId": mapping["ApiMappingId"]}
    assert client.get_api_mapping(**reference)["ApiMappingKey"] == "v1"
    with httpx.Client(base_url=endpoint, headers={"host": name}) as http:
        assert seen(http.get("/v1/a"))["x-stage"] == "live"
        client.update_api_mapping(**reference, ApiId=api.id, ApiMappingKey="v2", Stage="$default")
        assert [http.get(path).status_code for path in ("/v1/a", "/v2/a")] == [403, 200]
        assert seen(http.get("/v2/a"))["x-stage"] == "$default"
        refused(client.delete_stage, "BadRequestException", name, ApiId=api.id, StageName="$default")
        refused(client.delete_api, "BadRequestException", name, ApiId=api.id)
        client.delete_api_mapping(**reference)
        assert http.get("/v2/a").status_code == 403


def test_an_api_without_an_endpoint_is_served_at_its_domain_only(
    client: Any, endpoint: str, unique: str, make: Callable[..., None], api: HttpApi
) -> None:
    make(f"{unique}.example.com", {"": "$default"})
    client.update_api(ApiId=api.id, DisableExecuteApiEndpoint=True)
    assert api.get("/a").status_code == 404
    assert httpx.get(f"{endpoint}/a", headers={"host": f"{unique}.example.com"}).status_code == 200


def test_https_has_the_certificate_of_acm(
    aws: Callable[..., Any],
    client: Any,
    endpoint: str,
    unique: str,
    make: Callable[..., None],
    cleanup: Callable[..., None],
) -> None:
    name = f"{unique}.example.com"
    acm = aws("acm")
    certificate = acm.request_certificate(DomainName=name)["CertificateArn"]
    cleanup(acm.delete_certificate, CertificateArn=certificate)
    make(name, {"": "$default"}, certificate)
    trusted = ssl.create_default_context(cadata=acm.get_certificate(CertificateArn=certificate)["Certificate"])
    trusted.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    url = httpx.URL(endpoint).copy_with(scheme="https", path="/a")
    options = {"headers": {"host": name}, "extensions": {"sni_hostname": name}}
    with httpx.Client(verify=trusted) as http:
        assert seen(http.get(url, **options))["x-stage"] == "$default"
        # Without a certificate that ACM has, it is that of all engines, which this client does not trust.
        configurations = [{"CertificateArn": UNKNOWN_CERTIFICATE}]
        client.update_domain_name(DomainName=name, DomainNameConfigurations=configurations)
    with httpx.Client(verify=trusted) as http, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        http.get(url, **options)
    with httpx.Client(verify=False) as http:
        assert seen(http.get(url, **options))["x-stage"] == "$default"


def test_domain_names_have_tags_and_pages(client: Any, unique: str, make: Callable[..., None]) -> None:
    names = [f"{letter}.{unique}.example.com" for letter in "ab"]
    for name in names:
        make(name, {})
    arn = client.get_domain_name(DomainName=names[0])["DomainNameArn"]
    client.tag_resource(ResourceArn=arn, Tags={"a": "1", "b": "2"})
    client.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert client.get_tags(ResourceArn=arn)["Tags"] == {"b": "2"}
    assert client.get_domain_name(DomainName=names[0])["Tags"] == {"b": "2"}
    first = client.get_domain_names(MaxResults="1")
    assert first["NextToken"]


@pytest.mark.parametrize(
    ("request_", "code", "reason"),
    [
        ({"DomainName": "no_name"}, "BadRequestException", "Invalid domain name"),
        ({"DomainName": "localhost.localstack.cloud"}, "BadRequestException", "belongs to LocalStack"),
        ({"DomainNameConfigurations": []}, "BadRequestException", "needs one"),
        ({"DomainNameConfigurations": [{"CertificateArn": "x"}]}, "BadRequestException", "Invalid certificate ARN"),
        ({"MutualTlsAuthentication": {"TruststoreUri": "s3://a/b"}}, "BadRequestException", "MutualTlsAuthentication"),
    ],
)
def test_what_no_domain_name_can_have_is_refused(
    client: Any, unique: str, request_: dict[str, Any], code: str, reason: str
) -> None:
    valid = {
        "DomainName": f"{unique}.example.com",
        "DomainNameConfigurations": [{"CertificateArn": UNKNOWN_CERTIFICATE}],
    }
    refused(client.create_domain_name, code, reason, **{**valid, **request_})
    assert unique not in str(client.get_domain_names()["Items"])


def test_what_no_mapping_can_have_is_refused(client: Any, unique: str, make: Callable[..., None], api: HttpApi) -> None:
    name = f"{unique}.example.com"
    make(name, {"v1": "live"})
    valid = {"DomainName": name, "ApiId": api.id, "Stage": "live"}
    for code, reason, change in (
        ("ConflictException", "already exists", {"ApiMappingKey": "v1"}),
        ("BadRequestException", "only letters", {"ApiMappingKey": "a b"}),
        ("BadRequestException", "consecutive", {"ApiMappingKey": "a//b"}),
        ("BadRequestException", "Invalid stage", {"Stage": "none"}),
        ("NotFoundException", "Invalid API", {"ApiId": "none"}),
        ("NotFoundException", "Invalid domain name", {"DomainName": "none.example.com"}),
    ):
        refused(client.create_api_mapping, code, reason, **{**valid, **change})
    refused(client.create_domain_name, "ConflictException", "exists", DomainName=name, DomainNameConfigurations=[
        {"CertificateArn": UNKNOWN_CERTIFICATE}])  # fmt: skip


def test_a_stack_has_a_domain_name(endpoint: str, client: Any, stack: Stack, unique: str, api: HttpApi) -> None:
    name = f"{unique}.example.com"
    resources: dict[str, Any] = {
        "Name": {
            "Type": "AWS::ApiGatewayV2::DomainName",
            "Properties": {
                "DomainName": name,
                "DomainNameConfigurations": [{"CertificateArn": UNKNOWN_CERTIFICATE, "EndpointType": "REGIONAL"}],
                "Tags": {"a": "1"},
            },
        },
        "Mapping": {
            "Type": "AWS::ApiGatewayV2::ApiMapping",
            "Properties": {"DomainName": {"Ref": "Name"}, "ApiId": api.id, "Stage": "live", "ApiMappingKey": "v1"},
        },
    }
    outputs = {"Target": {"Fn::GetAtt": ["Name", "RegionalDomainName"]}, "Mapping": {"Ref": "Mapping"}}
    made = stack.deploy(resources, outputs)
    assert made["Target"].startswith("d-")
    assert client.get_api_mapping(DomainName=name, ApiMappingId=made["Mapping"])["Stage"] == "live"
    host = {"host": name}
    assert httpx.get(f"{endpoint}/v1/a", headers=host).status_code == 200
    del resources["Mapping"]["Properties"]["ApiMappingKey"]
    resources["Name"]["Properties"]["Tags"] = {"b": "2"}
    assert stack.deploy(resources, outputs) == made
    assert seen(httpx.get(f"{endpoint}/v1/a", headers=host))["x-route-path"] == "/v1/a"
    assert client.get_domain_name(DomainName=name)["Tags"] == {"b": "2"}
    stack.delete()
    refused(client.get_domain_name, "NotFoundException", DomainName=name)
