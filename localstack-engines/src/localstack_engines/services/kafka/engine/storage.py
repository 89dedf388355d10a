"""Formats a broker's log directory without starting a JVM.

Kafka's `StorageTool format` writes two files: `meta.properties`, which is plain text, and `bootstrap.checkpoint`, which
holds the feature levels of the installed release and is the same for every cluster. The second file comes from the
image, or from one run of the tool.
"""

import base64
import shutil
import subprocess
import threading
import uuid
from pathlib import Path

from localstack_engines.toolkit import settings

_CHECKPOINT = "bootstrap.checkpoint"
_lock = threading.Lock()


class FormatFailed(RuntimeError):
    """Kafka's tool could not format a directory; the message is what it printed."""


def kafka_home() -> Path:
    """Returns the directory of Kafka's installation, with `libs/`, `java.args` and the class archive."""
    return Path(settings.variable("KAFKA_HOME", "/opt/kafka"))


def java_arguments() -> list[str]:
    """Returns the JVM and its fixed options. The JVM accepts the class archive only with exactly these options."""
    return [settings.variable("JAVA", "java"), f"@{kafka_home() / 'java.args'}"]


def new_id() -> str:
    """Returns a new id in Kafka's form: a UUID in URL-safe base64 without padding."""
    # Kafka does not allow ids that begin with a dash, because they look like options.
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not text.startswith("-"):
            return text


def format_directory(directory: Path, cluster_id: str, node_id: int) -> None:
    """Creates `directory` as the empty log directory of a node. Raises FormatFailed."""
    directory.mkdir(parents=True)
    shutil.copyfile(_checkpoint(), directory / _CHECKPOINT)
    lines = ["version=1", f"cluster.id={cluster_id}", f"node.id={node_id}", f"directory.id={new_id()}"]
    (directory / "meta.properties").write_text("\n".join(lines) + "\n")


def _checkpoint() -> Path:
    packaged = kafka_home() / _CHECKPOINT
    if packaged.exists():
        return packaged
    scratch = settings.state_directory("kafka-format")
    with _lock:
        made = scratch / "data" / _CHECKPOINT
        if not made.exists():
            _run_storage_tool(scratch)
    return made


def _run_storage_tool(scratch: Path) -> None:
    shutil.rmtree(scratch / "data", ignore_errors=True)
    properties = scratch / "server.properties"
    properties.write_text(
        "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:9093\n"
        "listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093\ncontroller.listener.names=CONTROLLER\n"
        f"log.dirs={scratch / 'data'}\n"
    )
    tool = ["kafka.tools.StorageTool", "format", "--cluster-id", new_id(), "--config", str(properties)]
    result = subprocess.run([*java_arguments(), *tool], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise FormatFailed(result.stderr.strip() or result.stdout.strip())
