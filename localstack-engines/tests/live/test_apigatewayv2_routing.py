"""Routes, stages, parameter mapping, CORS and throttling."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from lab.gateway import HttpApi, Upstream

NOT_FOUND = {"message": "Not Found"}
Create = Callable[..., HttpApi]


@pytest.fixture
def create(aws: Callable[..., Any], endpoint: str) -> Iterator[Create]:
    """Creates APIs that are deleted after the test."""
    made: list[HttpApi] = []

    def make(**options: Any) -> HttpApi:
        made.append(HttpApi(aws("apigatewayv2"), endpoint, **options))
        return made[-1]

    yield make
    for api in made:
        api.delete()


def test_the_most_specific_route_is_chosen(create: Create, upstream: Upstream) -> None:
    """The examples are those of AWS's developer guide, "Routing API requests"."""
    api = create()
    api.stage()
    keys = ["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "POST /pets/dog/1"]
    for number, key in enumerate([*keys, "$default"]):
        api.route(key, api.proxy(f"{upstream.url}/{number}"))

    def chosen(method: str, path: str) -> str:
        return str(api.http.request(method, path).json()["path"])

    assert chosen("GET", "/pets/dog/1") == "/0"
    assert chosen("GET", "/pets/dog/2") == "/1"
    assert chosen("GET", "/pets/cat/1") == "/2"
    assert chosen("POST", "/test/5") == "/3"
    assert chosen("POST", "/pets/dog/1") == "/4"
    assert chosen("DELETE", "/pets/dog/1") == "/3"
    assert chosen("GET", "/") == "/5"


def test_a_method_is_preferred_to_any(create: Create, upstream: Upstream) -> None:
    api = create()
    api.stage()
    api.route("ANY /x", api.proxy(f"{upstream.url}/any"))
    api.route("PUT /x", api.proxy(f"{upstream.url}/put"))
    assert api.http.put("/x").json()["path"] == "/put"
    assert api.http.post("/x").json()["path"] == "/any"


@pytest.mark.parametrize("path", ["/", "/x/", "/x/y", "/X", "/xy", "//x", "/x%00", "/x%0a", "/x%2fy"])
def test_a_request_without_a_route_is_not_found(create: Create, upstream: Upstream, path: str) -> None:
    api = create()
    api.stage()
    api.route("GET /x", api.proxy(upstream.url))
    answer = api.get(path)
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
    assert api.http.post("/x").status_code == 404
    assert api.get("/x").status_code == 200


def test_path_variables_and_the_query_are_put_into_the_url(create: Create, upstream: Upstream) -> None:
    api = create()
    api.stage()
    api.route("GET /a/{id}/{rest+}", api.proxy(upstream.url + "/base/{rest}/of/{id}?fixed=1"))
    assert api.get("/a/7/b%20c/d?q=x%26y").json()["path"] == "/base/b%20c/d/of/7?fixed=1&q=x%26y"


def test_a_stage_is_the_first_segment_and_has_variables(create: Create, upstream: Upstream) -> None:
    api = create()
    api.stage("dev", StageVariables={"where": "develop"})
    api.route("GET /x", api.proxy(upstream.url + "/${stageVariables.where}"))
    assert api.get("/dev/x").json()["path"] == "/develop"
    assert api.get("/x").json() == NOT_FOUND
    api.stage()
    api.client.update_stage(ApiId=api.id, StageName="$default", StageVariables={"where": "root"})
    assert api.get("/x").json()["path"] == "/root"
    api.client.delete_stage(ApiId=api.id, StageName="dev")
    assert api.get("/dev/x").status_code == 404


def test_a_stage_without_auto_deploy_changes_by_deployment(create: Create, upstream: Upstream) -> None:
    api = create()
    api.stage(AutoDeploy=False)
    api.route("GET /x", api.proxy(upstream.url))
    assert api.get("/x").status_code == 404
    first = api.client.create_deployment(ApiId=api.id, StageName="$default")["DeploymentId"]
    assert api.get("/x").status_code == 200
    api.route("GET /y", api.proxy(upstream.url))
    assert api.get("/y").status_code == 404
    second = api.client.create_deployment(ApiId=api.id)["DeploymentId"]
    api.client.update_stage(ApiId=api.id, StageName="$default", DeploymentId=second)
    assert api.get("/y").status_code == 200
    listed = {item["DeploymentId"] for item in api.client.get_deployments(ApiId=api.id)["Items"]}
    assert listed == {first, second}


def test_the_host_name_of_the_endpoint_leads_to_the_api(create: Create, endpoint: str, upstream: Upstream) -> None:
    api = create()
    api.stage()
    api.route("GET /x", api.proxy(upstream.url))
    for host in (
        f"{api.id}.execute-api.localhost.localstack.cloud:4566",
        f"{api.id}.execute-api.us-east-1.amazonaws.com",
    ):
        assert httpx.get(f"{endpoint}/x", headers={"host": host}).status_code == 200
    assert api.client.get_api(ApiId=api.id)["ApiEndpoint"].startswith(f"http://{api.id}.execute-api.localhost.")


def test_the_integration_gets_the_clients_address_and_the_apis_domain(create: Create, upstream: Upstream) -> None:
    api = create()
    api.stage()
    api.route("GET /x", api.proxy(upstream.url))
    headers = dict(map(tuple, api.get("/x").json()["headers"]))
    assert headers["host"] == f"{upstream.address}:{upstream.port}"
    assert headers["via"] == "HTTP/1.1 AmazonAPIGateway"
    assert headers["x-forwarded-proto"] == "http"
    assert f"for={headers['x-forwarded-for']};host={api.id}.execute-api." in headers["forwarded"]
    assert headers["x-amzn-trace-id"].startswith("Root=1-")


def test_parameters_are_mapped(create: Create, upstream: Upstream) -> None:
    api = create()
    api.stage(StageVariables={"colour": "green"})
    request = {
        "append:header.x-all": "${request.header.x-in}/$request.querystring.q/$request.path.id/$stageVariables.colour",
        "overwrite:header.x-route": "$context.routeKey",
        "remove:header.x-secret": "",
        "append:querystring.added": "100% static",
        "remove:querystring.gone": "",
        "overwrite:querystring.q": "$request.path",
        "overwrite:path": "/changed/$request.path.id",
    }
    response = {"200": {"overwrite:statuscode": "202", "append:header.x-stage": "$context.stage"}}
    integration = api.proxy(upstream.url, RequestParameters=request, ResponseParameters=response)
    api.route("GET /in/{id}", integration)
    answer = api.get("/in/5?q=1&gone=a&gone=b", headers={"x-in": "hello", "x-secret": "s"})
    assert (answer.status_code, answer.headers["x-stage"]) == (202, "$default")
    seen = answer.json()
    headers = dict(map(tuple, seen["headers"]))
    assert headers["x-all"] == "hello/1/5/green"
    assert headers["x-route"] == "GET /in/{id}"
    assert "x-secret" not in headers
    path, _, query = seen["path"].partition("?")
    assert path == "/changed/5"
    assert sorted(query.split("&")) == ["added=100%25%20static", "q=%2Fin%2F5"]


@pytest.mark.parametrize("value", ["$request.nonsense", "$context.nonsense", "a\nb"])
def test_an_invalid_mapping_is_refused(create: Create, upstream: Upstream, value: str) -> None:
    with pytest.raises(ClientError, match="Invalid mapping expression") as refusal:
        create().proxy(upstream.url, RequestParameters={"append:header.x": value})
    assert refusal.value.response["Error"]["Code"] == "BadRequestException"


CORS = {
    "AllowOrigins": ["https://app.example", "http://localhost:3000"],
    "AllowMethods": ["GET", "PUT"],
    "AllowHeaders": ["authorization", "content-type"],
    "ExposeHeaders": ["etag"],
    "MaxAge": 300,
    "AllowCredentials": True,
}


def test_preflights_are_answered_by_the_gateway(create: Create, upstream: Upstream) -> None:
    api = create(CorsConfiguration=CORS)
    api.stage()
    api.route("ANY /x", api.proxy(upstream.url))
    asked = {"origin": "https://app.example", "access-control-request-method": "PUT"}
    before = len(upstream.requests)
    answer = api.http.options("/x", headers=asked)
    assert answer.status_code == 204
    granted = {key: value for key, value in answer.headers.items() if key.startswith("access-control")}
    assert granted == {
        "access-control-allow-origin": "https://app.example",
        "access-control-allow-methods": "GET,PUT",
        "access-control-allow-headers": "authorization,content-type",
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "etag",
        "access-control-max-age": "300",
    }
    assert len(upstream.requests) == before
    answer = api.get("/x", headers={"origin": "http://localhost:3000"})
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
    # Scripts can read the gateway's own errors as well.
    assert api.get("/y", headers={"origin": "https://app.example"}).headers["access-control-allow-origin"]


@pytest.mark.attack(28)
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://app.example.evil.example", "http://app.example", "null"]
)
def test_attack_28_another_origin_gets_no_cors_headers(create: Create, upstream: Upstream, origin: str) -> None:
    api = create(CorsConfiguration=CORS)
    api.stage()
    api.route("ANY /x", api.proxy(upstream.url))
    preflight = {"origin": origin, "access-control-request-method": "GET"}
    for answer in (api.http.options("/x", headers=preflight), api.get("/x", headers={"origin": origin})):
        assert not [key for key in answer.headers if key.startswith("access-control")]


def test_without_cors_of_the_api_the_integrations_headers_stay(create: Create, upstream: Upstream) -> None:
    api = create(CorsConfiguration=CORS)
    api.stage()
    api.route("ANY /x", api.proxy(upstream.url))
    api.client.delete_cors_configuration(ApiId=api.id)
    assert api.get("/x").headers["access-control-allow-origin"] == "https://upstream.example"


def test_a_stage_and_a_route_have_limits(create: Create, upstream: Upstream) -> None:
    api = create()
    integration = api.proxy(upstream.url)
    for key in ("GET /a", "GET /b", "GET /own"):
        api.route(key, integration)
    api.stage(
        DefaultRouteSettings={"ThrottlingRateLimit": 0.1, "ThrottlingBurstLimit": 4},
        RouteSettings={"GET /own": {"ThrottlingRateLimit": 0.1, "ThrottlingBurstLimit": 2}},
    )
    assert [api.get(path).status_code for path in ("/a", "/b", "/a", "/b", "/a", "/b")] == [200] * 4 + [429] * 2
    assert [api.get("/own").status_code for _ in range(3)] == [200, 200, 429]
    assert api.get("/a").json() == {"message": "Too Many Requests"}


def test_a_disabled_endpoint_is_not_served(create: Create, upstream: Upstream) -> None:
    api = create()
    api.stage()
    api.route("GET /x", api.proxy(upstream.url))
    api.client.update_api(ApiId=api.id, DisableExecuteApiEndpoint=True)
    assert api.get("/x").status_code != 200
