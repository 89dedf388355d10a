"""`make up`: from whatever this machine has to a deployed system that answers."""

from rich.console import Console

from ops import processes, settings
from ops.lifecycle import deploy, docker_engine, fingerprint, hosts, images, localstack, preflight
from ops.lifecycle.board import make_board
from ops.lifecycle.steps import Report, Step, run
from ops.look import urls
from ops.problems import Problem


def up(console: Console) -> None:
    """Idempotent; may be interrupted at any moment and repeated."""
    settings.STATE.mkdir(exist_ok=True)
    if localstack.uses_vendor_image():
        console.print("LOCALSTACK_AUTH_TOKEN is set: the vendor's image is used, without this project's plugin")
    for check in preflight.before_install():
        check.run()
    with make_board(console) as board:
        run(steps(), board)
    urls.show(console)


def steps() -> list[Step]:
    base = (
        [] if localstack.uses_vendor_image() else [Step("LocalStack image", images.localstack_image, ("base image",))]
    )
    return [
        Step("Docker engine", _engine),
        Step("Node packages", _node_packages),
        Step("host names", _host_names),
        Step("Lambda layers", _lambda_layers),
        Step("base image", images.base_image, ("Docker engine",)),
        *base,
        Step("CDK app", deploy.synthesise, ("Node packages", "Lambda layers")),
        Step("LocalStack", _localstack, ("host names", base[0].name if base else "Docker engine")),
        Step("service images", deploy.build_images, ("CDK app", "base image")),
        Step("bootstrap template", deploy.prepare_bootstrap, ("Node packages",)),
        Step("CDK bootstrap", deploy.bootstrap, ("LocalStack", "bootstrap template")),
        Step("deployment", deploy.deploy, ("CDK bootstrap", "CDK app", "service images")),
        Step("API", urls.wait_until_it_answers, ("deployment",)),
    ]


def _engine(report: Report) -> None:
    docker_engine.ensure(report.detail)
    report.done("answers")


def _node_packages(report: Report) -> None:
    inputs = fingerprint.of([settings.ROOT / "package-lock.json"])
    stamp = settings.NODE_MODULES / ".locked"  # npm ci empties the folder first, so an interrupted one has no stamp
    if stamp.exists() and stamp.read_text() == inputs:
        report.done("up to date")
        return
    report.detail("npm ci: the CDK's command line and its LocalStack wrapper, into node_modules")
    log = settings.LOGS / "npm.log"
    try:
        processes.check(["npm", "ci", "--no-fund", "--no-audit"], log=log)
    except processes.ChildFailed as failed:
        remedy = "check that this machine reaches an npm registry (npm ping), then run make up again"
        raise Problem("npm ci failed", remedy, details=failed.result.tail) from failed
    stamp.write_text(inputs)


def _host_names(report: Report) -> None:
    if not hosts.missing():
        report.done("resolve")
        return
    if hosts.add():
        report.done(f"added to {hosts.HOSTS}: {hosts.LINE}")
        return
    # Deployment works without it; only Kafka and database clients on this host need the name.
    report.done(f"missing; Kafka and psql from this host need a line in {hosts.HOSTS}: {hosts.LINE}")


def _lambda_layers(report: Report) -> None:
    try:
        processes.check(
            [str(settings.VENV_BIN / "python"), "-m", "lambda_layers.build"], log=settings.LOGS / "layers.log"
        )
    except processes.ChildFailed as failed:
        raise Problem(
            "a Lambda layer could not be built", "see the lines above", details=failed.result.tail
        ) from failed


def _localstack(report: Report) -> None:
    localstack.start(report.detail)
    localstack.wait_until_ready(report.detail)
    report.done(f"ready on {settings.EDGE_URL}")
