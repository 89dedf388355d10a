"""`make up`: brings up a deployed system that answers, whatever this machine has already."""

from rich.console import Console

from ops import processes, settings
from ops.lifecycle import deploy, docker_engine, fingerprint, hosts, images, localstack, preflight
from ops.lifecycle.board import make_board
from ops.lifecycle.readiness import wait_until_api_answers
from ops.lifecycle.steps import Report, Step, run


def up(console: Console) -> None:
    """Brings the system up. It may be interrupted at any moment and repeated. Raises Problem."""
    settings.STATE.mkdir(exist_ok=True)
    if localstack.uses_vendor_image():
        console.print("LOCALSTACK_AUTH_TOKEN is set: the vendor's image is used, without this project's plugin")
    for check in preflight.before_install():
        check.run()
    with make_board(console) as board:
        run(steps(), board)


def steps() -> list[Step]:
    """Returns the steps; the licensed LocalStack needs no image to be built."""
    image = Step("LocalStack image", images.localstack_image, ("base image",))
    own_image = [] if localstack.uses_vendor_image() else [image]
    return [
        Step("Docker engine", _engine),
        Step("Node packages", _node_packages),
        Step("host names", _host_names),
        Step("Lambda layers", _lambda_layers),
        Step("base image", images.base_image, ("Docker engine",)),
        *own_image,
        Step("CDK app", deploy.synthesise, ("Node packages", "Lambda layers")),
        Step("LocalStack", _localstack, ("host names", image.name if own_image else "Docker engine")),
        Step("service images", deploy.build_images, ("CDK app", "base image")),
        Step("bootstrap template", deploy.prepare_bootstrap, ("Node packages",)),
        Step("CDK bootstrap", deploy.bootstrap, ("LocalStack", "bootstrap template")),
        Step("deployment", deploy.deploy, ("CDK bootstrap", "CDK app", "service images")),
        Step("API", wait_until_api_answers, ("deployment",)),
    ]


def _engine(report: Report) -> None:
    docker_engine.ensure(report.detail)
    report.done("answers")


def _node_packages(report: Report) -> None:
    inputs = fingerprint.of([settings.ROOT / "package-lock.json"])
    # npm ci empties the folder first, so that an interrupted one leaves no stamp.
    stamp = settings.NODE_MODULES / ".locked"
    if stamp.exists() and stamp.read_text() == inputs:
        report.done("up to date")
        return
    report.detail("npm ci: installs the CDK's command line and its LocalStack wrapper into node_modules")
    log = settings.LOGS / "npm.log"
    remedy = "check that this machine reaches an npm registry (npm ping), then run make up again"
    processes.check(["npm", "ci", "--no-fund", "--no-audit"], "npm ci failed", remedy, log=log)
    stamp.write_text(inputs)


def _host_names(report: Report) -> None:
    if not hosts.missing():
        report.done("resolve")
        return
    if hosts.add():
        report.done(f"added to {hosts.HOSTS}: {hosts.LINE}")
        return
    # The deployment works without the line. Only Kafka and database clients on this machine need the names.
    report.done(f"missing; Kafka and psql from this host need a line in {hosts.HOSTS}: {hosts.LINE}")


def _lambda_layers(report: Report) -> None:
    command = [str(settings.VENV_BIN / "python"), "-m", "lambda_layers.build"]
    log = settings.LOGS / "layers.log"
    processes.check(command, "a Lambda layer could not be built", f"read {log}", log=log)


def _localstack(report: Report) -> None:
    localstack.start(report.detail)
    localstack.wait_until_ready(report.detail)
    report.done(f"ready on {settings.EDGE_URL}")
