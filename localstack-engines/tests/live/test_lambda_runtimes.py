"""Lambda functions in Node.js, in other versions of Python, and with a program of their own."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from lab.archives import zipped
from lab.functions import Function
from lab.localstack import ACCOUNT

NODE = {"Runtime": "nodejs22.x", "Handler": "index.handler", "Timeout": 20, "MemorySize": 256}


def node(function: Callable[..., Function], source: str, name: str = "index.js", **options: Any) -> Function:
    return function({name: source}, **{**NODE, **options})


def test_handlers_end_with_a_promise_a_callback_or_nothing(function: Callable[..., Function]) -> None:
    source = """
exports.handler = (event, context, callback) => {
  if (event === 'callback') setTimeout(() => callback(null, { id: context.awsRequestId }), 10);
  else if (event === 'late') { callback(null, 'early'); setTimeout(() => { globalThis.done = true; }, 100); }
  else if (event === 'promise')
    return Promise.resolve({ left: context.getRemainingTimeInMillis(), done: globalThis.done });
  else if (event === 'error') callback(new TypeError('no such patient'));
};
"""
    handler = node(function, source)
    answer, response = handler("callback")
    assert answer == {"id": response["ResponseMetadata"]["RequestId"]}
    assert handler("late")[0] == "early"
    answer, _ = handler("promise")
    assert (answer["done"], 10_000 < answer["left"] <= 20_000) == (True, True)
    assert handler("nothing")[0] is None
    error, response = handler("error")
    assert (response["FunctionError"], error["errorType"], error["errorMessage"]) == (
        "Unhandled",
        "TypeError",
        "no such patient",
    )
    assert any("index.js" in line for line in error["trace"])


def test_an_es_module_may_await_at_the_top_and_has_the_sdk(function: Callable[..., Function]) -> None:
    source = """
import { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
const { Account } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
export const api = { handler: async () => Account };
"""
    assert node(function, source, "src/index.mjs", Handler="src/index.api.handler")()[0] == ACCOUNT


def test_every_client_of_the_sdk_can_be_required(function: Callable[..., Function]) -> None:
    source = """
const fs = require('fs');
exports.handler = async () => fs.readdirSync('/var/runtime/node_modules/@aws-sdk')
  .filter((name) => /^(client|lib)-|presigner$/.test(name))
  .map((name) => [name, Object.keys(require(`@aws-sdk/${name}`)).length]);
"""
    clients = dict(node(function, source, MemorySize=1024, Timeout=100)()[0])
    assert {"client-s3", "client-dynamodb", "lib-dynamodb", "client-sfn", "client-ecs"} <= clients.keys()
    assert all(clients.values())


def test_the_log_of_a_node_function_is_as_on_aws(function: Callable[..., Function], aws: Callable[..., Any]) -> None:
    source = "console.info('loaded');\nexports.handler = async (e) => { console.log('hello %s', e.name, { a: 1 }); };"
    handler = node(function, source)
    lines = handler.log({"name": "Zoë"}).splitlines()
    assert lines[0].startswith(
        "INIT_START The function asks for nodejs22.x; the local Lambda service runs it on Node.js"
    )
    assert lines[1].startswith("START RequestId: ")
    request = lines[1].split()[2]
    assert lines[2].split("\t")[1:] == ["undefined", "INFO", "loaded"]
    assert lines[3].split("\t")[1:] == [request, "INFO", "hello Zoë { a: 1 }"]
    assert not handler.log({}).startswith("INIT_START")
    version = aws("lambda").get_function_configuration(FunctionName=handler.name)
    assert version["Runtime"] == "nodejs22.x"
    assert "runs it on Node.js" in version["RuntimeVersionConfig"]["Error"]["Message"]


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("require('nothing');", "Runtime.ImportModuleError", "Cannot find module 'nothing'"),
        ("exports.other = 1;", "Runtime.HandlerNotFound", "index.handler is undefined or not exported"),
        ("exports.handler = (", "Runtime.UserCodeSyntaxError", "SyntaxError"),
        ("throw new RangeError('at load');", "RangeError", "at load"),
        ("exports.handler = async () => { throw 'text'; };", "string", "text"),
        ("exports.handler = async () => { const a = {}; a.a = a; return a; };", "Runtime.MarshalError", "stringify"),
        ("exports.handler = () => new Promise(() => setTimeout(() => { throw new Error('x'); }, 1));", "Error", "x"),
        ("exports.handler = awslambda.streamifyResponse(() => {});", "Runtime.StreamingNotSupported", "stream"),
        (
            "exports.handler = () => new Promise(() => { Promise.reject(new Error('lost')); });",
            "Runtime.UnhandledPromiseRejection",
            "Error: lost",
        ),
    ],
)
def test_errors_of_node_functions_are_reported(
    function: Callable[..., Function], source: str, kind: str, message: str
) -> None:
    error, response = node(function, source)()
    assert (response["FunctionError"], error["errorType"]) == ("Unhandled", kind)
    assert message in error["errorMessage"]


def test_packages_of_layers_are_found(
    function: Callable[..., Function], aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]
) -> None:
    package = {"package.json": json.dumps({"main": "main.js"}), "main.js": "exports.name = 'layered';"}
    files = {f"nodejs/node_modules/tool/{name}": text for name, text in package.items()}
    client = aws("lambda")
    layer = client.publish_layer_version(
        LayerName=unique, Content={"ZipFile": zipped({**files, "nodejs/shared.js": "exports.name = 'shared';"})}
    )
    cleanup(client.delete_layer_version, LayerName=unique, VersionNumber=layer["Version"])
    common = """
const { name } = require('tool');
exports.handler = async () => [name, require('/opt/nodejs/shared').name];
"""
    assert node(function, common, Layers=[layer["LayerVersionArn"]])()[0] == ["layered", "shared"]
    module = """
import tool from 'tool';
import shared from '/opt/nodejs/shared.js';
export const handler = async () => [tool.name, shared.name];
"""
    assert node(function, module, "index.mjs", Layers=[layer["LayerVersionArn"]])()[0] == ["layered", "shared"]


def test_another_python_runs_on_that_of_the_image(function: Callable[..., Function]) -> None:
    handler = function("def handler(event, context): return 'ran'", Runtime="python3.9")
    assert handler()[0] == "ran"


def test_a_custom_runtime_brings_its_program(function: Callable[..., Function]) -> None:
    source = """#!/usr/bin/python3
import http.client, os
connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    connection.request("GET", "/2018-06-01/runtime/invocation/next")
    event = connection.getresponse()
    body = event.read()
    answer = b'{"handler": "%s", "event": %s}' % (os.environ["_HANDLER"].encode(), body)
    request = event.headers["Lambda-Runtime-Aws-Request-Id"]
    connection.request("POST", f"/2018-06-01/runtime/invocation/{request}/response", answer)
    connection.getresponse().read()
"""
    program = function({"bootstrap": source}, Runtime="provided.al2023", Handler="my.handler")
    assert program([1])[0] == {"handler": "my.handler", "event": [1]}
    assert program([2])[0] == {"handler": "my.handler", "event": [2]}


@pytest.mark.parametrize(
    ("runtime", "files", "reason"),
    [
        ("java21", {"a": ""}, "and not java21"),
        ("provided.al2", {"other": ""}, "Couldn't find valid bootstrap"),
        ("provided.al2", {"bootstrap": "\x7fELF" + "\0" * 14 + "\xf3\0"}, "bootstrap is a program for"),
    ],
)
def test_what_cannot_run_fails_with_the_reason(
    function: Callable[..., Function],
    aws: Callable[..., Any],
    runtime: str,
    files: dict[str, str],
    reason: str,
    unique: str,
) -> None:
    with pytest.raises(WaiterError, match="Failed"):
        function(files, Runtime=runtime)
    state = aws("lambda").get_function_configuration(FunctionName=f"{unique}-0")
    assert reason in state["StateReason"]
