"""One PostgreSQL server: its files, its process and its roles. Knows nothing of AWS."""

import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localstack_engines.services.rds.engine.template import SUPERUSER, SYSTEM_USER, bin_path, data_directory
from localstack_engines.toolkit.process import ProcessSpec, SupervisedProcess
from localstack_engines.toolkit.process.certificate import certificate

# Small enough that a server per service fits on a laptop. fsync stays on: a database that is killed
# must come back with every commit it acknowledged.
_BASE_SETTINGS = {
    "listen_addresses": "*",
    "shared_buffers": "16MB",
    "max_connections": "100",
    "max_worker_processes": "4",
    "max_parallel_workers": "2",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "huge_pages": "off",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%t:%r:%u@%d:[%p]:",
    "ssl": "on",
}

# The engine's own door is the Unix socket, for the superuser and only for root and its own account;
# everybody else comes with a password.
_HBA = f"""local all {SUPERUSER} peer map=engine
local replication {SUPERUSER} peer map=engine
host all {SUPERUSER} all reject
{{host}} all all all scram-sha-256
"""
_IDENT = f"engine root {SUPERUSER}\nengine {SYSTEM_USER} {SUPERUSER}\n"


class SqlError(RuntimeError):
    """A statement of the engine's own failed; the message is PostgreSQL's."""


@dataclass(frozen=True, kw_only=True)
class ServerSpec:
    """Where a server lives. ``sockets`` must be short: a Unix socket's path has at most 107 bytes."""

    name: str
    port: int
    directory: Path
    sockets: Path


class PostgresServer:
    """A supervised server on a data directory of its own. Its callers see to it that calls do not overlap."""

    def __init__(self, spec: ServerSpec) -> None:
        self.spec = spec
        self.data = spec.directory / "data"
        self.log_file = spec.directory / "postgresql.log"
        self._process = SupervisedProcess(
            ProcessSpec(
                name=spec.name,
                argv=[bin_path("postgres"), "-D", str(self.data)],
                user=SYSTEM_USER,
                cwd=spec.directory,
                log_file=self.log_file,
                ready=self._answers,
                # Fast shutdown: disconnects clients, then a checkpoint.
                stop_signal=signal.SIGINT,
                stop_timeout=30,
            )
        )

    @property
    def ready(self) -> bool:
        """Whether it answers SQL (false while it recovers from a crash)."""
        return self._process.ready

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def initialise(self, source: Path | None = None) -> None:
        """Make the data directory: a copy of the template, or of ``source`` (a stopped server's or a backup)."""
        for directory in (self.spec.directory, self.spec.sockets):
            directory.mkdir(parents=True, exist_ok=True)
            shutil.chown(directory, SYSTEM_USER, SYSTEM_USER)
        copy_tree(source or data_directory(), self.data)
        (self.data / "pg_ident.conf").write_text(_IDENT)
        for source in certificate():
            # A server insists on a key that only it can read.
            target = self.data / source.name
            shutil.copyfile(source, target)
            target.chmod(0o600)
            shutil.chown(target, SYSTEM_USER, SYSTEM_USER)

    def configure(self, settings: Mapping[str, str], tls_only: bool = False) -> None:
        """Write the configuration: our defaults, then ``settings``. A running server is not told."""
        (self.data / "pg_hba.conf").write_text(_HBA.format(host="hostssl" if tls_only else "host"))
        own = {**_BASE_SETTINGS, "port": str(self.spec.port), "unix_socket_directories": str(self.spec.sockets)}
        merged = {**own, **settings, **{key: own[key] for key in ("port", "unix_socket_directories")}}
        lines = [f"{name} = {quote_literal(value)}" for name, value in sorted(merged.items())]
        (self.data / "postgresql.conf").write_text("\n".join(lines) + "\n")

    def start(self) -> None:
        """Start and return when it answers SQL; raises ProcessFailed with the server's last words."""
        self._process.start()

    def stop(self) -> None:
        """Stop cleanly: everything committed is in the data directory afterwards."""
        self._process.stop()

    def restart(self) -> None:
        self._process.restart()

    def reload(self) -> None:
        """Make a running server read its configuration again."""
        self._process.send_signal(signal.SIGHUP)

    def log_tail(self, lines: int = 20) -> str:
        return self._process.log_tail(lines)

    def create_owner(self, user: str, password: str, database: str | None) -> None:
        """The customer's role (no superuser, as on RDS) and its database."""
        role, secret = quote_identifier(user), quote_literal(password)
        statements = [
            "CREATE ROLE rds_superuser NOLOGIN CREATEROLE CREATEDB",
            "GRANT pg_monitor, pg_signal_backend, pg_checkpoint, pg_maintain TO rds_superuser WITH ADMIN OPTION",
            f"CREATE ROLE {role} LOGIN CREATEROLE CREATEDB PASSWORD {secret} IN ROLE rds_superuser",
            f"ALTER DATABASE postgres OWNER TO {role}",
        ]
        if database and database != "postgres":
            statements.append(f"CREATE DATABASE {quote_identifier(database)} OWNER {role}")
        self.execute(*statements)

    def set_password(self, user: str, password: str) -> None:
        self.execute(f"ALTER ROLE {quote_identifier(user)} PASSWORD {quote_literal(password)}")

    def backup(self, target: Path) -> None:
        """A consistent copy of the data directory, of a running or a stopped server."""
        if not self._process.running:
            copy_tree(self.data, target)
            return
        argv = [bin_path("pg_basebackup"), "--pgdata", str(target), "--wal-method", "fetch", "--checkpoint", "fast"]
        _run([*argv, *self._connection()])
        # It runs as root, and a server insists on owning its directory.
        _run(["chown", "-R", f"{SYSTEM_USER}:{SYSTEM_USER}", str(target)])

    def destroy(self) -> None:
        """Stop and remove every file."""
        self._process.stop()
        shutil.rmtree(self.spec.directory, ignore_errors=True)

    def execute(self, *statements: str) -> str:
        """Run statements as the superuser, each by itself; raises SqlError. Returns what psql prints."""
        argv = [bin_path("psql"), *self._connection(), "--dbname", "postgres", "--no-psqlrc", "--quiet"]
        argv += ["--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]
        # On standard input, so that no password shows in the list of processes.
        script = "".join(f"{statement};\n" for statement in statements)
        return _run(argv, script)

    def _connection(self) -> list[str]:
        spec = self.spec
        return ["--host", str(spec.sockets), "--port", str(spec.port), "--username", SUPERUSER, "--no-password"]

    def _answers(self) -> bool:
        if not (self.spec.sockets / f".s.PGSQL.{self.spec.port}").exists():
            return False
        try:
            return self.execute("SELECT 1").strip() == "1"
        except SqlError:
            return False


def copy_tree(source: Path, target: Path) -> None:
    """Copy a data directory with its owners (by reference where the file system can)."""
    _run(["cp", "--archive", "--reflink=auto", str(source), str(target)])


def quote_identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def quote_literal(value: str) -> str:
    """A string constant for SQL and for postgresql.conf alike (standard_conforming_strings is on)."""
    return "'" + value.replace("'", "''") + "'"


def _run(argv: list[str], stdin: str = "") -> str:
    result = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SqlError(result.stderr.strip())
    return result.stdout
