"""The authorities that tasks trust: those of the system, and the one of the servers that LocalStack runs.

On AWS the servers of MSK and of other services have certificates of public authorities, so programs trust them as they
are. Here every container mounts a volume with a bundle, and variables name it to the usual libraries.
"""

import io
import tarfile
import threading
from typing import Any

from localstack_engines.toolkit import labels, settings
from localstack_engines.toolkit.process import certificate

_DIRECTORY = "/etc/localstack-engines"
BUNDLE = f"{_DIRECTORY}/trusted.crt"
"""Where containers find the bundle."""


class TrustVolume:
    """A Docker volume with the bundle. It is made for the first container, and removed with LocalStack."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._name = f"{settings.NAME}-{settings.owner()}-trust"
        self._lock = threading.Lock()
        self._made = False

    def bind(self, image: str) -> str:
        """Returns the bind for a container. `image` is any that is on the machine. Raises DockerException."""
        with self._lock:
            if not self._made:
                self._make(image)
                self._made = True
        return f"{self._name}:{_DIRECTORY}:ro"

    def _make(self, image: str) -> None:
        api = self._client.api
        api.create_volume(self._name, labels=labels.labels())
        binds = api.create_host_config(binds=[f"{self._name}:{_DIRECTORY}"], network_mode="none")
        # Docker copies into the volume of a container that was never started.
        carrier = api.create_container(image, host_config=binds, labels=labels.labels())["Id"]
        try:
            api.put_archive(carrier, _DIRECTORY, _archive(certificate.trusted().read_bytes()))
        finally:
            api.remove_container(carrier, force=True)


def _archive(bundle: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo(BUNDLE.rpartition("/")[2])
        member.size, member.mode = len(bundle), 0o444
        archive.addfile(member, io.BytesIO(bundle))
    return buffer.getvalue()
