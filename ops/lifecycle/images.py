"""The base image and LocalStack's image. `images/build` skips an image whose label says that it is up to date."""

from ops import processes, settings
from ops.lifecycle.steps import Report

BASE = "pms/base:latest"
DEBIAN = "debian:trixie-slim"
BUILD = settings.ROOT / "images" / "build"


def exists(image: str) -> bool:
    """Returns whether Docker has the image."""
    return processes.output(["docker", "image", "inspect", image]) is not None


def base_image(report: Report) -> None:
    """Builds the image that all others are made from."""
    _build("base", report)


def localstack_image(report: Report) -> None:
    """Builds the image of LocalStack with the plugin."""
    _build("localstack", report)


def _build(name: str, report: Report) -> None:
    log = settings.LOGS / f"image-{name}.log"
    report.done("up to date")

    def on_line(line: str) -> None:
        report.detail(line)
        report.done("built")  # the script prints nothing when there is nothing to do

    remedy = f"read {log}; the usual cause is a network that cannot be reached. Then run make up again"
    processes.check([str(BUILD), name], f"the image pms/{name} could not be built", remedy, log=log, on_line=on_line)
