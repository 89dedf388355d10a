"""The registry process: Distribution's docker-registry on the first published port."""

import http.client
import shutil
from pathlib import Path

from localstack_engines.toolkit import ports, settings
from localstack_engines.toolkit.process import ProcessSpec, SupervisedProcess, http_probe

HOST = "localhost"
"""Docker talks plain HTTP to registries on localhost, and to no others; so images are addressed by it."""

_CONFIGURATION = """version: 0.1
log: {{level: warn, accesslog: {{disabled: true}}}}
storage:
  filesystem: {{rootdirectory: {directory}}}
  delete: {{enabled: true}}
http:
  addr: :{port}
"""


class Registry:
    """A supervised docker-registry. It takes any credentials, as it asks for none."""

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
        """Start with no images: the control plane has forgotten those of an earlier run."""
        shutil.rmtree(self._directory, ignore_errors=True)
        self.images.mkdir(parents=True)
        text = _CONFIGURATION.format(directory=self.images, port=self.port)
        (self._directory / "config.yml").write_text(text)
        self._process.start()

    def stop(self) -> None:
        self._process.stop()

    def put_manifest(self, repository: str, reference: str, media_type: str, manifest: bytes) -> tuple[int, str]:
        """Store a manifest under a tag or digest; returns the registry's HTTP status and answer."""
        return self._call("PUT", f"/v2/{repository}/manifests/{reference}", manifest, {"Content-Type": media_type})

    def delete_manifest(self, repository: str, digest: str) -> None:
        """Remove a manifest and its tags; what is gone already is no error."""
        self._call("DELETE", f"/v2/{repository}/manifests/{digest}")

    def _call(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")
        finally:
            connection.close()


_registry: Registry | None = None


def current() -> Registry:
    """This LocalStack's registry."""
    global _registry
    if _registry is None:
        _registry = Registry(ports.reserve(ports.REGISTRY), settings.state_directory("registry"))
    return _registry


def address() -> str:
    """``localhost:4510``: what image names begin with, on the host as in LocalStack."""
    # The registry has the first port of the range for itself, whether it runs yet or not.
    return f"{HOST}:{settings.external_ports().start}"


def start() -> None:
    """Called when LocalStack starts: images may be pushed before anybody calls the API."""
    current().start()


def stop() -> None:
    """Called when LocalStack stops."""
    current().stop()
