"""The images this repository defines itself. images/build skips what its label says is up to date."""

from ops import processes, settings
from ops.lifecycle.steps import Report
from ops.problems import Problem

BUILD = settings.ROOT / "images" / "build"


def base_image(report: Report) -> None:
    _build("base", report)


def localstack_image(report: Report) -> None:
    _build("localstack", report)


def _build(name: str, report: Report) -> None:
    log = settings.LOGS / f"image-{name}.log"
    report.done("up to date")

    def heard(line: str) -> None:
        report.detail(line)
        report.done("built")  # it says nothing when there is nothing to do

    try:
        processes.check([str(BUILD), name], log=log, on_line=heard)
    except processes.ChildFailed as failed:
        remedy = f"read {log}; a network that cannot be reached is the usual cause. Then run make up again"
        raise Problem(f"the image pms/{name} could not be built", remedy, details=failed.result.tail) from failed
