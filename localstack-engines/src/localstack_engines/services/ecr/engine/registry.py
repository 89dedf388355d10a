"""The registry process: Distribution's docker-registry on the first published port."""

import http.client
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from localstack_engines.toolkit import ports, settings
from localstack_engines.toolkit.process import ProcessSpec, SupervisedProcess, http_probe

HOST = "localhost"
"""The host in image names. Docker uses plain HTTP for registries on localhost only."""

_CONFIGURATION = """version: 0.1
log: {{level: warn, accesslog: {{disabled: true}}}}
storage:
  filesystem: {{rootdirectory: {directory}}}
  delete: {{enabled: true}}
http:
  addr: :{port}
"""


class Registry:
    """A supervised docker-registry. It requires no credentials and accepts any."""

    def __init__(self, port: int, directory: Path) -> None:
        self.port = port
        self.images = directory / "images"
        self._directory = directory
        configuration = directory / "config.yml"
        self._process = SupervisedProcess(
            ProcessSpec(
                name="registry",
                argv=["docker-registry", "serve", str(configuration)],
                log_file=directory / "registry.log",
                ready=http_probe(port, "/v2/"),
            )
        )

    def start(self) -> None:
        """Starts the registry without images: the control plane has no record of those of an earlier run."""
        shutil.rmtree(self._directory, ignore_errors=True)
        self.images.mkdir(parents=True)
        text = _CONFIGURATION.format(directory=self.images, port=self.port)
        (self._directory / "config.yml").write_text(text)
        self._process.start()

    def stop(self) -> None:
        self._process.stop()

    def put_manifest(self, repository: str, reference: str, media_type: str, manifest: bytes) -> tuple[int, str]:
        """Stores a manifest under a tag or digest. Returns the registry's HTTP status and response."""
        return self._call("PUT", f"/v2/{repository}/manifests/{reference}", manifest, {"Content-Type": media_type})

    def delete_manifest(self, repository: str, digest: str) -> None:
        """Removes a manifest and its tags. A manifest that does not exist is no error."""
        self._call("DELETE", f"/v2/{repository}/manifests/{digest}")

    def start_upload(self, repository: str) -> str:
        """Starts the upload of a layer. Returns the address (path and query) of its first part."""
        return self._upload("POST", f"/v2/{repository}/blobs/uploads/")

    def upload_part(self, location: str, content: bytes) -> str:
        """Adds a part to an upload. Returns the address of the next part."""
        return self._upload("PATCH", location, content)

    def finish_upload(self, location: str, digest: str) -> tuple[int, str]:
        """Makes an upload a layer. Returns the registry's HTTP status, and its response."""
        return self._call("PUT", f"{location}&digest={digest}")

    def _upload(self, method: str, path: str, body: bytes = b"") -> str:
        with self._request(method, path, body, {"Content-Type": "application/octet-stream"}) as response:
            if response.status != HTTPStatus.ACCEPTED:
                raise OSError(f"the registry answers {response.status}: {response.read(200)!r}")
            parts = urlsplit(response.headers["Location"])
            return f"{parts.path}?{parts.query}"

    def _call(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        with self._request(method, path, body, headers or {}) as response:
            return response.status, response.read().decode(errors="replace")

    @contextmanager
    def _request(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> Iterator[http.client.HTTPResponse]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            yield connection.getresponse()
        finally:
            connection.close()


_registry: Registry | None = None


def current() -> Registry:
    """Returns the registry of this LocalStack."""
    global _registry
    if _registry is None:
        _registry = Registry(ports.reserve(ports.REGISTRY), settings.state_directory("registry"))
    return _registry


def address() -> str:
    """Returns host and port in image names, for example `localhost:4510`, valid on the host and in LocalStack."""
    # The first port of the range is reserved for the registry.
    return f"{HOST}:{settings.external_ports().start}"


def start() -> None:
    """Starts the registry with LocalStack: images may be pushed before the first API request."""
    current().start()


def stop() -> None:
    """Stops the registry with LocalStack."""
    current().stop()
