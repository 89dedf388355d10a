"""Where the edge is: its port, what stands behind it, and the files and sockets that HAProxy and the plugin share."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Edge:
    """`directory` holds HAProxy's files. `user` is the system user of its workers, by default who that starts it.

    `https_port` on the loopback address passes everything to LocalStack, with TLS, if there is a certificate.
    `certificate` is the file of the certificate and the private key (PEM) for HTTP APIs; without it they have no TLS.
    """

    edge_port: int
    gateway_address: str
    directory: Path
    user: str | None = None
    certificate: Path | None = None
    https_port: int | None = None

    @property
    def master_socket(self) -> Path:
        """Takes commands for HAProxy's master and its workers."""
        return self.directory / "master.sock"

    @property
    def stats_socket(self) -> Path:
        """A new worker takes over the listening sockets of the former one here."""
        return self.directory / "stats.sock"

    @property
    def successor_socket(self) -> Path:
        """Accepts requests from a worker that is being replaced, for the worker that replaces it."""
        return self.directory / "successor.sock"

    @property
    def tls_socket(self) -> Path:
        """Accepts TLS connections for HTTP APIs, whose content goes to `successor_socket`."""
        return self.directory / "tls.sock"

    @property
    def buffered_socket(self) -> Path:
        """Accepts requests from the plugin whose bodies it has read."""
        return self.directory / "buffered.sock"

    @property
    def load_balancer_socket(self) -> Path:
        """Accepts requests to load balancers' names, when there are load balancers."""
        return self.directory / "balancers.sock"

    @property
    def load_balancer_tls_socket(self) -> Path:
        """Accepts TLS connections to load balancers' names."""
        return self.directory / "balancers-tls.sock"

    @property
    def subrequest_socket(self) -> Path:
        """The plugin answers HAProxy's sub-requests here."""
        return self.directory / "subrequests.sock"

    @property
    def websocket_socket(self) -> Path:
        """The plugin accepts WebSockets here."""
        return self.directory / "websockets.sock"

    @property
    def access_log_socket(self) -> Path:
        """The plugin receives HAProxy's access log lines here."""
        return self.directory / "access.sock"
