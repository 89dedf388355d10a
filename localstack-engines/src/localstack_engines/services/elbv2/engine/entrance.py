"""The way from the machine to load balancers: one HAProxy in LocalStack's container, which passes connections on.

It has a published port for each listener. It also gets the requests to the edge port whose Host header, or whose SNI,
is a load balancer's name (`gateway/configuration/sections.py`). It tells load balancers the client's address (PROXY
protocol).
"""

import threading
from dataclasses import dataclass
from pathlib import Path

from localstack_engines.gateway.configuration.syntax import quote
from localstack_engines.gateway.haproxy.master_socket import MasterSocket
from localstack_engines.toolkit.files import write_atomically
from localstack_engines.toolkit.process import ProcessSpec, SupervisedProcess


@dataclass(frozen=True, kw_only=True)
class Door:
    """A listener that the machine reaches: at its published port, and at the edge port by each of its `names`.

    Without TLS the edge port knows names of HTTP only, which `is_http` says.

    The load balancer has it at `port`, and at `inner_port` for this HAProxy. `has_tls` says that clients speak TLS.
    """

    id: str
    names: tuple[str, ...]
    address: str
    port: int
    inner_port: int
    published_port: int
    is_http: bool
    has_tls: bool


_NOBODY = "No load balancer with this name has a listener of the protocol HTTP."


class Entrance:
    """Runs that HAProxy from the first listener on."""

    def __init__(self, directory: Path, http_socket: Path, tls_socket: Path) -> None:
        self._directory = directory
        self._sockets = (http_socket, tls_socket)
        self._config = directory / "haproxy.cfg"
        self._master = MasterSocket(directory / "master.sock")
        self._doors: tuple[Door, ...] = ()
        self._process: SupervisedProcess | None = None
        self._lock = threading.Lock()

    def open(self, doors: tuple[Door, ...]) -> None:
        """Serves these listeners from now on. Open connections stay. Raises CommandFailed or ProcessFailed."""
        with self._lock:
            if doors == self._doors:
                return
            for name, text in maps(doors).items():
                write_atomically(self._directory / name, text)
            write_atomically(self._config, render(doors, self._directory, *self._sockets))
            if self._process is None:
                self._start()
            else:
                self._master.reload()
            self._doors = doors

    def close(self) -> None:
        with self._lock:
            if self._process is not None:
                self._process.stop()
                self._process = None

    def _start(self) -> None:
        process = SupervisedProcess(
            ProcessSpec(
                name="haproxy-load-balancers",
                argv=["haproxy", "-W", "-S", f"{self._master.path},mode,600", "-f", str(self._config)],
                log_file=self._directory / "haproxy.log",
                ready=self._is_ready,
                ready_timeout=10,
            )
        )
        process.start()
        self._process = process

    def _is_ready(self) -> bool:
        try:
            return bool(self._master.workers())
        except OSError:
            return False


def render(doors: tuple[Door, ...], directory: Path, http_socket: Path, tls_socket: Path) -> str:
    """Returns HAProxy's configuration."""
    sections = [
        [
            "global",
            "    log stdout format raw daemon notice",
            f"    stats socket unix@{directory}/stats.sock mode 600 level admin expose-fd listeners",
            "    hard-stop-after 1h",
            "    tune.bufsize 65536",
        ],
        [
            "defaults",
            "    log global",
            "    option dontlognull",
            "    timeout connect 10s",
            # The load balancers themselves know when a connection has been idle for too long.
            "    timeout client 2h",
            "    timeout server 2h",
            "    timeout tunnel 2h",
        ],
        _by_host(directory, http_socket),
        _by_sni(directory, tls_socket),
        *(_port(door) for door in doors),
        *(_backend(door, mode) for door in doors for mode in (("http", "tcp") if door.is_http else ("tcp",))),
    ]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def maps(doors: tuple[Door, ...]) -> dict[str, str]:
    """Returns the files that tell the section of a name: file -> text. Of the doors of a name the first one counts."""
    http: dict[str, str] = {}
    tls: dict[str, str] = {}
    for door in doors:
        for name in door.names:
            if door.has_tls:
                tls.setdefault(name, f"tcp-{door.id}")
            elif door.is_http:
                http.setdefault(name, f"http-{door.id}")
    return {
        name: "".join(f"{key} {value}\n" for key, value in found.items())
        for name, found in (("http.map", http), ("tls.map", tls))
    }


def _by_host(directory: Path, path: Path) -> list[str]:
    return [
        "frontend by-host",
        "    mode http",
        f"    bind unix@{path} mode 600 accept-proxy",
        # The edge proxy makes a connection for each request.
        "    option http-server-close",
        f"    use_backend %[req.hdr(host),host_only,lower,map_str({directory}/http.map,nobody)]",
        "",
        "backend nobody",
        "    mode http",
        f"    http-request return status 503 content-type text/plain string {quote(_NOBODY)}",
    ]


def _by_sni(directory: Path, path: Path) -> list[str]:
    return [
        "frontend by-sni",
        "    mode tcp",
        f"    bind unix@{path} mode 600 accept-proxy",
        "    tcp-request inspect-delay 10s",
        "    tcp-request content accept if { req.ssl_hello_type 1 }",
        f"    use_backend %[req.ssl_sni,lower,map_str({directory}/tls.map,nobody)]",
    ]


def _port(door: Door) -> list[str]:
    return [
        f"frontend port-{door.id}",
        "    mode tcp",
        f"    bind :{door.published_port}",
        f"    default_backend tcp-{door.id}",
    ]


def _backend(door: Door, mode: str) -> list[str]:
    return [
        f"backend {mode}-{door.id}",
        f"    mode {mode}",
        *(["    option http-server-close", "    http-reuse never"] if mode == "http" else []),
        f"    server balancer {door.address}:{door.inner_port} send-proxy-v2",
    ]
