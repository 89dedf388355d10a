"""Lambda functions as processes: results, errors, limits, layers, logs, concurrency."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.archives import zipped
from lab.functions import RUNTIME, Function
from lab.localstack import ACCOUNT


def test_a_result_is_returned_and_the_process_is_kept(function: Callable[..., Function]) -> None:
    count = function("calls = 0\ndef handler(event, context):\n global calls; calls += 1\n return [event, calls]")
    assert count({"name": "Zoë"})[0] == [{"name": "Zoë"}, 1]
    assert count([])[0] == [[], 2]


def test_the_context_and_the_environment_are_as_on_aws(function: Callable[..., Function]) -> None:
    source = """
import os, time
def handler(event, context):
    names = ["AWS_REGION", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "COLOUR", "TZ"]
    return {
        "environment": {name: os.environ.get(name) for name in names},
        "arn": context.invoked_function_arn,
        "remaining": context.get_remaining_time_in_millis(),
        "user": os.getuid(),
        "leaked": [name for name in os.environ if name.startswith(("ENGINES_", "LAMBDA_RUNTIME_EXECUTOR"))],
    }
"""
    deployed = function(source, Timeout=7, MemorySize=256, Environment={"Variables": {"COLOUR": "green"}})
    seen, _ = deployed()
    assert seen["environment"] == {
        "AWS_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": deployed.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "COLOUR": "green",
        "TZ": ":UTC",
    }
    assert seen["arn"].endswith(f":function:{deployed.name}")
    assert 5000 < seen["remaining"] <= 7000
    assert seen["user"] != 0
    assert seen["leaked"] == []


def test_boto3_reaches_localstack_without_configuration(function: Callable[..., Function]) -> None:
    deployed = function(
        "import boto3\ndef handler(event, context):\n return boto3.client('sts').get_caller_identity()['Account']",
        Timeout=30,
    )
    assert deployed()[0] == ACCOUNT


def test_an_exception_is_a_function_error_with_its_trace(function: Callable[..., Function]) -> None:
    error, response = function("def handler(event, context):\n raise ValueError('no such patient')")()
    assert response["FunctionError"] == "Unhandled"
    assert error["errorType"] == "ValueError"
    assert error["errorMessage"] == "no such patient"
    assert "app.py" in error["stackTrace"][0]


def test_a_module_that_does_not_import_is_reported(function: Callable[..., Function]) -> None:
    broken = function("import a_package_that_nobody_bundled\ndef handler(event, context): pass")
    for _ in range(2):
        error, response = broken()
        assert response["FunctionError"] == "Unhandled"
        assert error["errorType"] == "Runtime.ImportModuleError"
        assert "a_package_that_nobody_bundled" in error["errorMessage"]


def test_packages_of_localstack_cannot_be_imported(function: Callable[..., Function]) -> None:
    error, _ = function("import localstack\ndef handler(event, context): pass")()
    assert "No module named 'localstack'" in error["errorMessage"]


def test_a_timeout_ends_the_invocation_and_the_next_one_gets_a_new_process(function: Callable[..., Function]) -> None:
    slow = function("import time\ndef handler(event, context):\n time.sleep(event)\n return 'done'", Timeout=1)
    started = time.monotonic()
    error, response = slow(30)
    assert time.monotonic() - started < 20
    assert response["FunctionError"] == "Unhandled"
    assert error["errorType"] == "Sandbox.Timedout"
    assert error["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")
    assert slow(0)[0] == "done"


def test_a_process_that_exits_is_reported_and_replaced(function: Callable[..., Function]) -> None:
    deployed = function("import os\ndef handler(event, context):\n return os._exit(3) if event else 'alive'")
    error, _ = deployed(True)
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith("Error: Runtime exited with error: exit status 3")
    assert deployed(False)[0] == "alive"


def test_the_memory_limit_is_enforced(function: Callable[..., Function]) -> None:
    source = (
        "import time\ndef handler(event, context):\n"
        " block = bytearray(event * 1024 * 1024)\n time.sleep(2)\n return len(block)"
    )
    deployed = function(source, MemorySize=128, Timeout=20)
    assert deployed(16)[0] == 16 * 1024 * 1024
    error, _ = deployed(512)
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith("signal: killed")


def test_layers_are_merged_in_order(
    aws: Callable[..., Any], function: Callable[..., Function], unique: str, cleanup: Callable[..., None]
) -> None:
    client = aws("lambda")
    versions = []
    for index, files in enumerate(
        [
            {"python/colour.py": "NAME = 'red'", "python/lib/python3.13/site-packages/deep.py": "FOUND = True"},
            {"python/colour.py": "NAME = 'blue'", "bin/tool": "#!/bin/sh\necho tool"},
        ]
    ):
        layer = client.publish_layer_version(
            LayerName=f"{unique}-{index}", Content={"ZipFile": zipped(files)}, CompatibleRuntimes=[RUNTIME]
        )
        versions.append(layer["LayerVersionArn"])
        cleanup(client.delete_layer_version, LayerName=f"{unique}-{index}", VersionNumber=layer["Version"])
    source = """
import shutil, subprocess, colour, deep
def handler(event, context):
    return [colour.NAME, deep.FOUND, subprocess.check_output(["sh", shutil.which("tool", 0)], text=True).strip()]
"""
    assert function(source, Layers=versions, Timeout=10)()[0] == ["blue", True, "tool"]


def test_the_log_goes_to_cloudwatch_as_on_aws(aws: Callable[..., Any], function: Callable[..., Function]) -> None:
    deployed = function(
        "import logging\ndef handler(event, context):\n print('hello', event)\n logging.warning('careful')"
    )
    tail = deployed.log("world")
    lines = tail.splitlines()
    assert lines[0].startswith("START RequestId: ")
    assert lines[0].endswith("Version: $LATEST")
    assert lines[1] == "hello world"
    assert "[WARNING]" in lines[2]
    assert lines[3].startswith("END RequestId: ")
    assert "Billed Duration: " in lines[4]
    assert "Init Duration: " in lines[4]
    assert "Init Duration: " not in deployed.log("again")
    logs = aws("logs")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{deployed.name}")["events"]
        if len(events) >= 10:
            break
        time.sleep(0.2)
    assert [event["message"].strip() for event in events[:5]] == [line.strip() for line in lines]


def test_invocations_run_concurrently(function: Callable[..., Function]) -> None:
    source = "import os, time\ndef handler(event, context):\n time.sleep(1)\n return os.getpid()"
    deployed = function(source, Timeout=20)
    with ThreadPoolExecutor(4) as pool:
        processes = {result for result, _ in pool.map(deployed, range(4))}
    assert len(processes) == 4


def test_sequential_invocations_run_in_one_process(function: Callable[..., Function]) -> None:
    deployed = function("import os\ndef handler(event, context): return os.getpid()")
    assert len({deployed()[0] for _ in range(20)}) == 1


def test_an_invalid_runtime_is_an_error_of_the_api(function: Callable[..., Function]) -> None:
    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        function("", Runtime="cobol85")
