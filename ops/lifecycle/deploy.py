"""The CDK app: synthesised, its images built, bootstrapped and deployed into LocalStack."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ops import aws, processes, settings
from ops.lifecycle import failure, fingerprint, localstack
from ops.lifecycle.steps import Report
from ops.problems import Problem

TOOLKIT = "CDKToolkit"
APP_INPUTS = [
    settings.ROOT / name for name in ("app.py", "cdk.json", "cdk_app", "services", "lambda_layers", "package-lock.json")
]


def app_fingerprint() -> str:
    lock = settings.ROOT / "ops" / "requirements.txt"
    return fingerprint.of([*APP_INPUTS, lock])


def synthesise(report: Report) -> None:
    """Write cdk.out; skipped when nothing that the app reads has changed."""
    inputs = app_fingerprint()
    if (settings.CDK_OUT / "manifest.json").exists() and fingerprint.is_current("synth", inputs):
        report.done("up to date")
        return
    fingerprint.forget("synth")
    _cdk(["cdk", "synth", "--quiet", "--output", str(settings.CDK_OUT)], "synth", report)
    fingerprint.remember("synth", inputs)


def _bootstrap_template() -> Path:
    version = fingerprint.of([settings.ROOT / "package-lock.json"])[:12]
    return settings.STATE / f"bootstrap-{version}.yaml"


def build_images(report: Report) -> None:
    """Build what the CDK would build later, under the name it looks for, while LocalStack is still starting."""
    assets = {key: source for key, source in _docker_assets()}
    built = 0
    for key, source in assets.items():
        tag = f"cdkasset-{key.lower()}"
        if processes.output(["docker", "image", "inspect", tag]) is not None:
            continue
        arguments = source.get("dockerBuildArgs", {})
        report.detail(f"docker build {arguments.get('SERVICE', source['directory'])}")
        command = ["docker", "build", "--tag", tag]
        for name, value in arguments.items():
            command += ["--build-arg", f"{name}={value}"]
        if "dockerBuildTarget" in source:
            command += ["--target", source["dockerBuildTarget"]]
        if "dockerFile" in source:
            command += ["--file", source["dockerFile"]]
        directory = settings.CDK_OUT / source["directory"]
        log = settings.LOGS / f"image-{arguments.get('SERVICE', key[:8])}.log"
        try:
            processes.check([*command, "."], cwd=directory, log=log, on_line=report.detail)
        except processes.ChildFailed as failed:
            raise Problem(
                f"a service image could not be built ({arguments.get('SERVICE', key)})",
                f"read {log}",
                details=failed.result.tail,
            ) from failed
        built += 1
    report.done(f"{built} built" if built else "up to date")


def bootstrap(report: Report) -> None:
    """Once in the life of a LocalStack container."""
    if any(stack["StackName"] == TOOLKIT and stack["StackStatus"].endswith("_COMPLETE") for stack in aws.stacks()):
        report.done("up to date")
        return
    cloudformation = aws.client("cloudformation")
    # `cdk bootstrap` is this same template deployed, but waits in steps of five seconds.
    cloudformation.create_stack(
        StackName=TOOLKIT,
        TemplateBody=_bootstrap_template().read_text(),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    waiter = cloudformation.get_waiter("stack_create_complete")
    try:
        waiter.wait(StackName=TOOLKIT, WaiterConfig={"Delay": 0.2, "MaxAttempts": 600})
    except Exception as error:
        raise Problem(
            f"CDK bootstrap failed: {error}", "make logs SERVICE=localstack", details=failure.explain()
        ) from error


def prepare_bootstrap(report: Report) -> None:
    """Ask the CDK for its bootstrap template while LocalStack is still starting."""
    template = _bootstrap_template()
    if template.exists():
        report.done("up to date")
        return
    # Away from cdk.json: beside it, the CDK synthesises the app first.
    text = processes.output(["cdk", "bootstrap", "--show-template"], timeout=60, cwd=settings.STATE)
    if not text:
        raise Problem("cdk bootstrap --show-template failed", "rm -rf node_modules; make up")
    fresh = template.with_suffix(".new")
    fresh.write_text(text)
    fresh.rename(template)


def deploy(report: Report) -> None:
    """Deploy all stacks; skipped when this very app is what runs in this very container."""
    deployed = fingerprint.of([settings.CDK_OUT / "manifest.json"], app_fingerprint(), localstack.started_at())
    if fingerprint.is_current("deploy", deployed) and settings.OUTPUTS.exists() and _all_complete():
        report.done("up to date")
        return
    fingerprint.forget("deploy")
    command = ["cdklocal", "deploy", "--all", "--app", str(settings.CDK_OUT), "--require-approval", "never"]
    command += ["--method", "direct", "--concurrency", "4", "--asset-parallelism", "--progress", "events"]
    command += ["--outputs-file", str(settings.OUTPUTS)]
    try:
        _cdk(command, "deploy", report)
    except Problem as problem:
        # A first deployment leaves nothing to keep; a later one has been rolled back to what ran before.
        problem.details = f"{problem.details}\n\n{failure.explain()}"
        raise
    fingerprint.remember("deploy", deployed)


def _all_complete() -> bool:
    found = {stack["StackName"]: stack["StackStatus"] for stack in aws.stacks()}
    expected = json.loads(settings.OUTPUTS.read_text())
    return all(found.get(name, "") in ("CREATE_COMPLETE", "UPDATE_COMPLETE") for name in expected)


def _docker_assets() -> Iterator[tuple[str, dict[str, Any]]]:
    for manifest in sorted(settings.CDK_OUT.glob("*.assets.json")):
        for key, image in json.loads(manifest.read_text()).get("dockerImages", {}).items():
            if "directory" in image["source"]:
                yield key, image["source"]


def _cdk(command: list[str], name: str, report: Report) -> None:
    log = settings.LOGS / f"{name}.log"
    env = settings.child_environment() | {"CI": "true"}  # plain lines on stdout instead of a redrawn screen
    try:
        processes.check(command, log=log, on_line=report.detail, env=env)
    except processes.ChildFailed as failed:
        raise Problem(
            f"{' '.join(command[:2])} failed", f"the whole output is in {log}", details=failed.result.tail
        ) from failed
