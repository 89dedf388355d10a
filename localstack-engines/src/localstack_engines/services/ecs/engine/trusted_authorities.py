"""The certificate authorities that tasks trust: the public ones, and the engines' own certificate.

On AWS the certificates of MSK, RDS and HTTP APIs come from authorities that tasks can know. Here the engines sign them
themselves, so every container gets a read-only volume with a file of all authorities.
"""

import io
import tarfile
import threading
from typing import Any

from localstack_engines.toolkit import labels, settings
from localstack_engines.toolkit.process import certificate

DIRECTORY = f"/usr/local/share/{settings.NAME}"
FILE = f"{DIRECTORY}/trusted.crt"


def variables() -> dict[str, str]:
    """Returns variables with which OpenSSL, Go, Python's requests and Node.js read the file."""
    return dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), FILE)


class TrustedAuthorities:
    """The volume, which is made for the first container."""

    def __init__(self, client: Any) -> None:
        self._api = client.api
        self._lock = threading.Lock()
        self._made = False

    def bind(self, image: str) -> str:
        """Returns the volume as a bind of Docker's. `image` is any image that exists; nothing of it runs."""
        name = f"{settings.NAME}-{settings.owner()}-authorities"
        with self._lock:
            if not self._made:
                self._make(name, image)
                self._made = True
        return f"{name}:{DIRECTORY}:ro"

    def _make(self, name: str, image: str) -> None:
        self._api.create_volume(name, labels=labels.labels())
        # Docker writes into volumes only through a container. This one never runs.
        host_config = self._api.create_host_config(binds=[f"{name}:{DIRECTORY}"], network_mode="none")
        container = self._api.create_container(image, host_config=host_config, labels=labels.labels())["Id"]
        try:
            self._api.put_archive(container, DIRECTORY, _archive(certificate.trusted().read_bytes()))
        finally:
            self._api.remove_container(container, force=True)


def _archive(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo(FILE.rpartition("/")[2])
        entry.size, entry.mode = len(content), 0o444
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
