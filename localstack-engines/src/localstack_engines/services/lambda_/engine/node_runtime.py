"""The Node.js runtime that functions run in: the image's Node.js with the bootstrap in `nodejs/`."""

import subprocess
from functools import cache
from pathlib import Path

NODE = "/var/lang/bin/node"
BOOTSTRAP = Path(__file__).with_name("nodejs") / "bootstrap.mjs"

RUNTIME_PACKAGES = "/var/runtime/node_modules"
"""It holds the clients of the AWS SDK for JavaScript that the runtime includes."""

PREFIX = "nodejs"

# Lambda's runtimes turn these features of newer Node.js off, unless NODE_OPTIONS turns them on.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
_FEATURES = ("experimental-require-module", "experimental-detect-module")


@cache
def version() -> str:
    """Returns the version of the image's Node.js."""
    return subprocess.check_output([NODE, "--version"], text=True).strip().removeprefix("v")


def command(handler: str, layers: Path, options: str, memory: int) -> list[str]:
    """Returns the command for a handler. `options` is NODE_OPTIONS of the function, `memory` is in megabytes."""
    flags = [f"--no-{feature}" for feature in _FEATURES if feature not in options]
    if "max-old-space-size" not in options:
        # Without it, Node.js collects no garbage before it reaches the machine's memory instead of the function's.
        flags.append(f"--max-old-space-size={memory * 9 // 10}")
    return [NODE, *flags, str(BOOTSTRAP), handler, str(layers)]


def search_path(runtime: str, layers: Path) -> list[Path]:
    """Returns the directories of packages of AWS's Node.js runtime, with `layers` for /opt.

    Layers may have their packages in a directory of the major version that the function asks for.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
    """
    major = runtime.removeprefix(PREFIX).partition(".")[0]
    own = layers / "nodejs"
    return [own / f"node{major}" / "node_modules", own / "node_modules", Path(RUNTIME_PACKAGES)]
