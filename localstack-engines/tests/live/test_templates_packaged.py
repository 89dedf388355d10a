"""A SAM application whose code is in folders, packaged by the AWS CLI."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from lab import localstack
from lab.apps import TEMPLATES, Aws, Make, body, call


def aws_cli(*arguments: str) -> None:
    """Runs the AWS CLI of this Python environment. Raises CalledProcessError."""
    environment = {
        "AWS_ENDPOINT_URL": localstack.ENDPOINT,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": localstack.REGION,
    }
    program = Path(sys.executable).with_name("aws")
    subprocess.run([str(program), *arguments], check=True, env=environment, capture_output=True, cwd=TEMPLATES)


def test_notes_behind_an_http_api(
    app: Make, aws: Aws, unique: str, tmp_path: Path, cleanup: Callable[..., None]
) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket=unique)
    cleanup(s3.delete_bucket, Bucket=unique)
    packaged = tmp_path / "packaged.yaml"
    notes = app("sam-http-crud.yaml")
    template = ("--template-file", "sam-http-crud.yaml", "--s3-bucket", unique)
    aws_cli("cloudformation", "package", *template, "--output-template-file", str(packaged))
    for item in s3.list_objects_v2(Bucket=unique)["Contents"]:
        cleanup(s3.delete_object, Bucket=unique, Key=item["Key"])
    notes.body = packaged.read_text()
    url = notes.deploy()["Url"]
    text = {"content-type": "text/plain"}
    assert body(call("PUT", f"{url}/1", content="tea", headers=text)) == {"id": "1", "value": "tea"}
    assert body(call("PUT", f"{url}/2", content="milk", headers=text))["value"] == "milk"
    assert [note["id"] for note in body(call("GET", url))] == ["1", "2"]
    assert call("DELETE", f"{url}/1").status_code == 204
    assert call("GET", f"{url}/1").status_code == 404
    preflight = {"origin": "https://shop.example", "access-control-request-method": "PUT"}
    allowed = call("OPTIONS", f"{url}/1", headers=preflight).headers
    assert allowed["access-control-allow-origin"] == "https://shop.example"

    notes.edit("Timeout: 10", "Timeout: 11")
    notes.deploy()
    assert [note["id"] for note in body(call("GET", url))] == ["2"]
    functions = notes.physical_ids("AWS::Lambda::Function")
    assert {aws("lambda").get_function_configuration(FunctionName=name)["Timeout"] for name in functions} == {11}
    notes.destroy()
