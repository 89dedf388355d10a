"""Deploys the CDK app into LocalStack: synthesis, the services' images, bootstrap, deployment."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ops import aws, processes, settings
from ops.lifecycle import failure, fingerprint, images, localstack
from ops.lifecycle.steps import Report
from ops.problems import Problem

TOOLKIT = "CDKToolkit"
APP_INPUTS = [
    settings.ROOT / name for name in ("app.py", "cdk.json", "cdk_app", "services", "lambda_layers", "package-lock.json")
]


def app_fingerprint() -> str:
    """Returns a hash of all that the app is synthesised from."""
    lock = settings.ROOT / "ops" / "requirements.txt"
    return fingerprint.of([*APP_INPUTS, lock], settings.STAGE)


def synthesise(report: Report) -> None:
    """Writes `cdk.out`. Skipped when nothing that the app reads has changed."""
    inputs = app_fingerprint()
    if (settings.CDK_OUT / "manifest.json").exists() and fingerprint.is_current("synth", inputs):
        report.done("up to date")
        return
    fingerprint.forget("synth")
    command = ["cdk", "synth", "--quiet", "--context", f"stage={settings.STAGE}", "--output", str(settings.CDK_OUT)]
    _cdk(command, "synth", report)
    fingerprint.remember("synth", inputs)


def _bootstrap_template() -> Path:
    version = fingerprint.of([settings.ROOT / "package-lock.json"])[:12]
    return settings.STATE / f"bootstrap-{version}.yaml"


def build_images(report: Report) -> None:
    """Builds the services' images under the names that the CDK looks for, while LocalStack is still starting."""
    built = 0
    for key, source in dict(_docker_assets()).items():
        tag = f"cdkasset-{key.lower()}"
        if not images.exists(tag):
            _build_image(tag, source, report)
            built += 1
    report.done(f"{built} built" if built else "up to date")


def _build_image(tag: str, source: dict[str, Any], report: Report) -> None:
    # Production's images are made from a base that Docker pulls. Here they have the local stage's base, under the
    # names that the CDK gives them, so the templates are the same.
    arguments = {"BASE_IMAGE": images.BASE, **source.get("dockerBuildArgs", {})}
    name = arguments.get("SERVICE", tag)
    report.detail(f"docker build {name}")
    command = ["docker", "build", "--tag", tag]
    for argument, value in arguments.items():
        command += ["--build-arg", f"{argument}={value}"]
    if "dockerBuildTarget" in source:
        command += ["--target", source["dockerBuildTarget"]]
    if "dockerFile" in source:
        command += ["--file", source["dockerFile"]]
    log = settings.LOGS / f"image-{name}.log"
    directory = settings.CDK_OUT / source["directory"]
    problem = f"a service image could not be built ({name})"
    processes.check([*command, "."], problem, f"read {log}", cwd=directory, log=log, on_line=report.detail)


def bootstrap(report: Report) -> None:
    """Creates the CDK's own stack, once for each start of LocalStack."""
    if any(stack["StackName"] == TOOLKIT and stack["StackStatus"].endswith("_COMPLETE") for stack in aws.stacks()):
        report.done("up to date")
        return
    cloudformation = aws.client("cloudformation")
    # `cdk bootstrap` deploys the same template, but looks for the result only every five seconds.
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
    """Asks the CDK for its bootstrap template, while LocalStack is still starting."""
    template = _bootstrap_template()
    if template.exists():
        report.done("up to date")
        return
    # Not in the folder of cdk.json, where the CDK would synthesise the app first.
    text = processes.output(["cdk", "bootstrap", "--show-template"], timeout=60, cwd=settings.STATE)
    if not text:
        raise Problem("cdk bootstrap --show-template failed", "rm -rf node_modules; make up")
    fresh = template.with_suffix(".new")
    fresh.write_text(text)
    fresh.rename(template)


def deploy(report: Report) -> None:
    """Deploys all stacks. Skipped when this app is already deployed in this container."""
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
    env = settings.child_environment() | {
        "CI": "true",  # plain lines on stdout instead of a redrawn screen
        "CDK_DEFAULT_ACCOUNT": settings.ACCOUNT,
        "CDK_DEFAULT_REGION": settings.REGION,
    }
    problem, remedy = f"{' '.join(command[:2])} failed", f"read the whole output in {log}"
    processes.check(command, problem, remedy, log=log, on_line=report.detail, env=env)
