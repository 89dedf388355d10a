"""HTTP APIs at AWS's quotas, addresses that no API has, TLS, and changes that HAProxy refuses."""

import json
import textwrap
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from lab.errors import refused
from lab.gateway import HttpApi, Issuer, Upstream
from lab.localstack import in_container

NOT_FOUND = {"message": "Not Found"}
UNDO = textwrap.dedent("""
    from types import SimpleNamespace as Object
    from moto.apigatewayv2.models import apigatewayv2_backends
    from moto.core.common_models import BaseModel
    from localstack_engines.gateway.haproxy.master_socket import CommandFailed
    from localstack_engines.services.apigatewayv2.api.operations import Operations
    from localstack_engines.services.apigatewayv2.store import Store

    class Record(Object, BaseModel):
        __module__ = "moto.apigatewayv2.models"  # moto keeps a list of its models by module

    records = apigatewayv2_backends["000000000000"]["us-east-1"].apis
    records["kept"] = Record(api_id="kept", name="before", routes={"old": Record(target="a")}, backend=None)

    class Publisher:  # HAProxy refuses the route "bad"; meanwhile another caller changes the API
        def problem(self, api_id):
            return None

        def publish(self):
            if "bad" in records["kept"].routes:
                with store.changing(context, "kept"):
                    records["kept"].routes["other"] = Record(target="c")
                raise CommandFailed("refused")

    def change(context, request):
        records["kept"].name = "after"
        records["kept"].routes["bad"] = Record(target="b")
        records["kept"].routes["old"].target = "b"
        records["new"] = Record(api_id="new")

    store, context = Store(), Object(account_id="000000000000", region="us-east-1", operation=Object(name="UpdateApi"))
    try:
        Operations(store, Publisher(), None, None).around(change, context, {"ApiId": "kept"})
    except Exception as error:
        kept = records["kept"]
        print(error.code, sorted(records), kept.name, {name: route.target for name, route in kept.routes.items()})
""")


@pytest.fixture
def issuer(address: str) -> Iterator[Issuer]:
    issuer = Issuer(address)
    yield issuer
    issuer.close()


@pytest.fixture
def api(aws: Callable[..., Any], endpoint: str, upstream: Upstream) -> Iterator[HttpApi]:
    """An API with one open route."""
    api = HttpApi(aws("apigatewayv2"), endpoint)
    api.stage()
    api.route("GET /x", api.proxy(upstream.url))
    yield api
    api.delete()


def test_more_apis_than_a_line_of_haproxys_configuration_has_words(
    aws: Callable[..., Any], endpoint: str, upstream: Upstream, cleanup: Callable[..., None]
) -> None:
    client = aws("apigatewayv2")
    made = [client.create_api(Name=f"many-{number}", ProtocolType="HTTP")["ApiId"] for number in range(70)]
    for identifier in made:
        cleanup(client.delete_api, ApiId=identifier)
    last = HttpApi(client, endpoint, Target=upstream.url, RouteKey="GET /x")
    cleanup(last.delete)
    assert last.get("/x").status_code == 200


def test_an_authorizer_with_fifty_audiences_and_an_issuer_with_forty_keys(
    api: HttpApi, issuer: Issuer, upstream: Upstream
) -> None:
    [key] = issuer.keys.values()
    issuer.keys |= {f"key-{number}": key for number in range(40)}
    audiences = tuple(f"audience {number}" for number in range(50))
    authorizer = api.jwt_authorizer(issuer.url, audiences)
    protected = {"AuthorizationType": "JWT", "AuthorizerId": authorizer}
    api.route("GET /me", api.proxy(upstream.url), **protected)
    for audience in (audiences[0], audiences[49], ["other", audiences[30]]):
        assert api.get("/me", issuer.token(headers={"kid": "key-39"}, aud=audience)).status_code == 200, audience
    for audience in ("audience", "audience 490", ["other"]):
        assert api.get("/me", issuer.token(headers={"kid": "key-39"}, aud=audience)).status_code == 401, audience


@pytest.mark.parametrize("form", ["host", "path"])
def test_an_address_that_no_api_has_is_not_found(
    api: HttpApi, aws: Callable[..., Any], endpoint: str, form: str
) -> None:
    def ask(identifier: str) -> httpx.Response:
        if form == "path":
            return httpx.get(f"{endpoint}/_aws/execute-api/{identifier}/x")
        return httpx.get(f"{endpoint}/x", headers={"host": f"{identifier}.execute-api.localhost.localstack.cloud:4566"})

    assert ask(api.id).status_code == 200
    assert (ask("unknown1").status_code, ask("unknown1").json()) == (404, NOT_FOUND)
    api.client.update_api(ApiId=api.id, DisableExecuteApiEndpoint=True)
    assert (ask(api.id).status_code, ask(api.id).json()) == (404, NOT_FOUND)
    aws("apigateway").get_rest_apis()  # from now on LocalStack serves REST APIs at these addresses
    assert (ask("unknown1").status_code, ask("unknown1").json()) == (404, NOT_FOUND)


def test_a_bucket_may_be_an_integration(
    api: HttpApi, aws: Callable[..., Any], endpoint: str, unique: str, cleanup: Callable[..., None]
) -> None:
    """LocalStack itself answers as if a bucket did for an address that no API has."""
    s3 = aws("s3")
    s3.create_bucket(Bucket=unique)
    cleanup(s3.delete_bucket, Bucket=unique)
    s3.put_object(Bucket=unique, Key="a", Body=b"content")
    cleanup(s3.delete_object, Bucket=unique, Key="a")
    bucket = f"http://127.0.0.1:{httpx.URL(endpoint).port}/{unique}"
    api.route("GET /files/{key}", api.proxy(f"{bucket}/{{key}}"))
    assert api.get("/files/a").text == "content"
    missing = api.get("/files/none")
    assert (missing.status_code, "NoSuchKey" in missing.text) == (404, True)


def test_tls_on_the_same_port(api: HttpApi, endpoint: str) -> None:
    host = f"{api.id}.execute-api.localhost.localstack.cloud"
    with httpx.Client(verify=False) as client:
        for _ in range(2):
            response = client.get(
                f"https://{httpx.URL(endpoint).host}:{httpx.URL(endpoint).port}/x",
                headers={"host": f"{host}:4566"},
                extensions={"sni_hostname": host},
            )
            assert (response.status_code, response.json()["path"]) == (200, "/")
        # Everything else goes on to LocalStack, which has a certificate of its own.
        health = client.get(f"https://{httpx.URL(endpoint).host}:{httpx.URL(endpoint).port}/_localstack/health")
        assert health.status_code == 200


def test_execution_logs_of_a_stage_are_refused(api: HttpApi) -> None:
    request = {"ApiId": api.id, "StageName": "$default", "DefaultRouteSettings": {"LoggingLevel": "INFO"}}
    refused(api.client.update_stage, "BadRequestException", "Execution logs are not supported", **request)


def test_a_change_that_haproxy_refuses_is_undone() -> None:
    left = "BadRequestException ['kept'] before {'old': 'a', 'other': 'c'}"
    assert in_container("python", "-c", UNDO).strip().splitlines()[-1] == left


def test_what_haproxys_configuration_cannot_have_is_refused(api: HttpApi) -> None:
    cors = {"AllowOrigins": ["https://a.example"], "AllowHeaders": ["a\x01b"]}
    refused(api.client.update_api, "BadRequestException", "control character", ApiId=api.id, CorsConfiguration=cors)
    assert not api.client.get_api(ApiId=api.id).get("CorsConfiguration")
    assert api.get("/x").status_code == 200


def test_changes_at_the_same_time_are_made_once_each(api: HttpApi, upstream: Upstream) -> None:
    target = f"integrations/{api.proxy(upstream.url)}"
    keys = [f"GET /at-once/{number}" for number in range(30)]

    def create(key: str) -> str:
        try:
            api.client.create_route(ApiId=api.id, RouteKey=key, Target=target)
        except api.client.exceptions.ConflictException:
            return "conflict"
        return "made"

    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(create, [key for key in keys for _ in range(2)]))
    assert (outcomes.count("made"), outcomes.count("conflict")) == (30, 30)
    assert {api.get(f"/at-once/{number}").status_code for number in range(30)} == {200}


def test_the_cache_of_authorizers_is_reset(api: HttpApi) -> None:
    api.client.reset_authorizers_cache(ApiId=api.id, StageName="$default")
    missing = {"ApiId": api.id, "StageName": uuid.uuid4().hex}
    refused(api.client.reset_authorizers_cache, "NotFoundException", **missing)


def test_an_api_is_imported_with_its_authorizer(
    aws: Callable[..., Any], endpoint: str, issuer: Issuer, upstream: Upstream, cleanup: Callable[..., None]
) -> None:
    jwt = {
        "type": "jwt",
        "identitySource": "$request.header.Authorization",
        "jwtConfiguration": {"issuer": issuer.url, "audience": ["app"]},
    }
    proxy = {"type": "http_proxy", "httpMethod": "ANY", "uri": upstream.url, "payloadFormatVersion": "1.0"}
    closed = {"security": [{"login": ["read"]}], "x-amazon-apigateway-integration": proxy}
    definition: dict[str, Any] = {
        "openapi": "3.0.1",
        "info": {"title": "imported", "version": "1"},
        "components": {"securitySchemes": {"login": {"type": "oauth2", "x-amazon-apigateway-authorizer": jwt}}},
        "paths": {"/closed": {"get": closed}, "/open": {"get": {"x-amazon-apigateway-integration": proxy}}},
    }
    client = aws("apigatewayv2")
    made = client.import_api(Body=json.dumps(definition))["ApiId"]
    cleanup(client.delete_api, ApiId=made)
    client.create_stage(ApiId=made, StageName="$default", AutoDeploy=True)
    url = f"{endpoint}/_aws/execute-api/{made}"

    def ask(path: str, **claims: Any) -> int:
        headers = {"authorization": issuer.token(**claims)} if claims else {}
        return httpx.get(url + path, headers=headers).status_code

    assert [ask("/open"), ask("/closed"), ask("/closed", scope="other"), ask("/closed", scope="read")] == [
        200,
        401,
        403,
        200,
    ]
    broken = {**definition, "paths": {"/open": {"get": {"security": [{"nobody": []}]}}}}
    refused(client.reimport_api, "BadRequestException", "nobody", ApiId=made, Body=json.dumps(broken))
    unreachable = {**proxy, "uri": "nothing"}
    broken = {**definition, "paths": {"/new": {"get": {"x-amazon-apigateway-integration": unreachable}}}}
    refused(client.reimport_api, "BadRequestException", "Invalid HTTP endpoint", ApiId=made, Body=json.dumps(broken))
    assert [ask("/open"), ask("/new"), ask("/closed")] == [200, 404, 401]
    client.reimport_api(ApiId=made, Body=json.dumps({**definition, "paths": {"/new": definition["paths"]["/open"]}}))
    assert [ask("/open"), ask("/new")] == [404, 200]
