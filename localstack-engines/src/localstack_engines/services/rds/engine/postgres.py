"""One PostgreSQL server: its files, its process and its roles."""

import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localstack_engines.services.rds.engine import client_access, control_file
from localstack_engines.services.rds.engine.installation import SYSTEM_USER, program
from localstack_engines.services.rds.engine.roles import DEFAULTS, master_user
from localstack_engines.services.rds.engine.template import SUPERUSER, data_directory
from localstack_engines.services.rds.engine.usage import QUERY, DatabaseUsage
from localstack_engines.toolkit.process import ProcessSpec, SupervisedProcess
from localstack_engines.toolkit.process.certificate import certificate

# Small, so that several servers fit on a laptop. fsync stays on: after a crash a database must have every commit
# that it acknowledged.
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
    **DEFAULTS,
}

_PROMOTION_SECONDS = 60
_STANDBY_MARK = "standby.signal"
_PID_FILE = "postmaster.pid"
"""A server that was killed leaves it, and another one does not start while a process has its number."""
SLOT_PREFIX = "standby_"
"""Before the port, the name of a standby's replication slot on its primary."""


class SqlError(RuntimeError):
    """A statement of the superuser or a backup failed; the message is PostgreSQL's."""


@dataclass(frozen=True, kw_only=True)
class ServerSpec:
    """The port, the owner and the directories of a server. The owner is the role that made the databases.

    `sockets` is the directory of its Unix socket. It must be short: the path of a Unix socket has at most 107 bytes.
    """

    name: str
    port: int
    owner: str
    directory: Path
    sockets: Path


class PostgresServer:
    """A supervised server with a data directory of its own. Callers must not call its methods at the same time."""

    def __init__(self, spec: ServerSpec) -> None:
        self.spec = spec
        self.data = spec.directory / "data"
        self.log_file = spec.directory / "postgresql.log"
        self.login_log_file = spec.directory / "iam-db-auth-error.log"
        self._primary: int | None = None
        self._process = SupervisedProcess(
            ProcessSpec(
                name=spec.name,
                argv=[program("postgres"), "-D", str(self.data)],
                user=SYSTEM_USER,
                cwd=spec.directory,
                log_file=self.log_file,
                ready=self._answers,
                # SIGINT is PostgreSQL's fast shutdown: it disconnects the clients and writes a checkpoint.
                stop_signal=signal.SIGINT,
                stop_timeout=30,
            )
        )

    @property
    def ready(self) -> bool:
        """Whether the server answers SQL; False while it recovers from a crash."""
        return self._process.ready

    @property
    def pid(self) -> int | None:
        """The server's process id, None while it does not run."""
        return self._process.pid

    def usage(self) -> DatabaseUsage:
        """Returns what the databases use. Raises SqlError."""
        return DatabaseUsage.parse(self.execute(QUERY))

    def initialise(self, source: Path | None = None) -> None:
        """Makes the data directory: a copy of the template, or of `source`, which is a backup."""
        self._make_directories()
        copy_tree(source or data_directory(), self.data)
        self._finish_directory()

    def clone(self, primary: "PostgresServer") -> None:
        """Makes the data directory of a standby of a running server, which keeps what the standby has not got yet.

        Raises SqlError.
        """
        self._make_directories()
        self.reserve(primary)
        primary.backup(self.data)
        self._finish_directory()
        self._primary = primary.spec.port

    def reserve(self, primary: "PostgresServer") -> None:
        """Makes a server keep what this standby of it has not got yet. Raises SqlError."""
        primary.execute(f"SELECT pg_create_physical_replication_slot({quote_literal(self._slot)}, true)")

    def promote(self) -> None:
        """Makes a standby a server of its own. Raises SqlError."""
        if self.execute(f"SELECT pg_promote(true, {_PROMOTION_SECONDS})").strip() != "t":
            raise SqlError(f"the standby was not promoted within {_PROMOTION_SECONDS} s")
        self._primary = None

    def follow(self, primary: "PostgresServer") -> None:
        """Makes the server a standby of `primary` from its next configuration on. Its log must be a part of primary's.

        A server that was a primary has to be stopped; a standby may run, and reloads the configuration.
        """
        self._primary = primary.spec.port

    def follows(self, primary: "PostgresServer") -> bool:
        """Returns whether the server is a standby of `primary` that has its data."""
        return self._primary == primary.spec.port

    def leave(self, primary: "PostgresServer") -> None:
        """Makes the primary forget this standby, if it runs. Raises SqlError."""
        if primary.ready:
            slot = quote_literal(self._slot)
            # A standby that was just stopped may still be connected.
            primary.execute(
                f"SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots"  # noqa: S608 - a constant
                f" WHERE slot_name = {slot} AND active_pid IS NOT NULL",
                f"SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = {slot}",  # noqa: S608
            )

    def configure(self, settings: Mapping[str, str], tls_only: bool = False, binds: int | None = None) -> None:
        """Writes the configuration: the defaults, then `settings`. A running server has to `reload` it.

        `binds` is the port of the responder that checks tokens of IAM; without one nobody logs in with a token.
        """
        rules = client_access.rules(self.spec.owner, self.spec.port, tls_only, binds)
        (self.data / "pg_hba.conf").write_text(rules)
        own = {**_BASE_SETTINGS, "port": str(self.spec.port), "unix_socket_directories": str(self.spec.sockets)}
        own_only = {key: own[key] for key in ("port", "unix_socket_directories")}
        merged = {**own, **settings, **own_only, **self._standby_settings({**own, **settings})}
        lines = [f"{name} = {quote_literal(value)}" for name, value in sorted(merged.items())]
        (self.data / "postgresql.conf").write_text("\n".join(lines) + "\n")

    def start(self) -> None:
        """Starts the server and returns when it answers SQL. Raises ProcessFailed with the end of the server's log."""
        self._process.start()

    def stop(self) -> None:
        """Stops the server cleanly: the data directory then holds every commit."""
        self._process.stop()

    def reload(self) -> None:
        """Makes a running server read its configuration again."""
        self._process.send_signal(signal.SIGHUP)

    def create_owner(self, user: str, password: str, database: str | None) -> None:
        """Creates RDS's roles, the master user `user`, and its database. Raises SqlError."""
        role = quote_identifier(user)
        statements = [*master_user(role, quote_literal(password)), f"ALTER DATABASE postgres OWNER TO {role}"]
        if database and database != "postgres":
            statements.append(f"CREATE DATABASE {quote_identifier(database)} OWNER {role}")
        self.execute(*statements)

    def set_password(self, user: str, password: str) -> None:
        """Changes a role's password. Raises SqlError."""
        self.execute(f"ALTER ROLE {quote_identifier(user)} PASSWORD {quote_literal(password)}")

    def backup(self, target: Path) -> None:
        """Copies the data directory of a running or stopped server to `target`, consistently. Raises SqlError."""
        if not self._process.running:
            copy_tree(self.data, target)
            return
        argv = [program("pg_basebackup"), "--pgdata", str(target), "--wal-method", "fetch", "--checkpoint", "fast"]
        _run([*argv, *self._connection()])
        # pg_basebackup runs as root, and a server must own its directory.
        _run(["chown", "-R", f"{SYSTEM_USER}:{SYSTEM_USER}", str(target)])

    def destroy(self) -> None:
        """Stops the server and removes all its files."""
        self._process.stop()
        shutil.rmtree(self.spec.directory, ignore_errors=True)

    def execute(self, *statements: str) -> str:
        """Runs statements as the superuser, each by itself. Returns what psql prints. Raises SqlError."""
        argv = [program("psql"), *self._connection(), "--dbname", "postgres", "--no-psqlrc", "--quiet"]
        argv += ["--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]
        # psql reads them from standard input: arguments, and passwords in them, would show in the list of processes.
        script = "".join(f"{statement};\n" for statement in statements)
        return _run(argv, script)

    @property
    def _slot(self) -> str:
        return f"{SLOT_PREFIX}{self.spec.port}"

    def _standby_settings(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """Returns the settings of a standby, and marks its directory as one; none for a server of its own.

        A standby does not start with less of some `wanted` settings than its primary has.
        """
        if self._primary is None:
            return {}
        (self.data / _STANDBY_MARK).touch()
        shutil.chown(self.data / _STANDBY_MARK, SYSTEM_USER, SYSTEM_USER)
        connection = f"host={self.spec.sockets} port={self._primary} user={SUPERUSER} application_name={self._slot}"
        least = control_file.least_settings(self.data)
        raised = {name: str(max(value, int(wanted.get(name) or 0))) for name, value in least.items()}
        return {**raised, "primary_conninfo": connection, "primary_slot_name": self._slot}

    def _make_directories(self) -> None:
        for directory in (self.spec.directory, self.spec.sockets):
            directory.mkdir(parents=True, exist_ok=True)
            shutil.chown(directory, SYSTEM_USER, SYSTEM_USER)

    def _finish_directory(self) -> None:
        """Gives a copied data directory what belongs to this server only."""
        for foreign in (_STANDBY_MARK, _PID_FILE):
            (self.data / foreign).unlink(missing_ok=True)
        (self.data / "pg_ident.conf").write_text(client_access.IDENTITIES)
        for file in certificate():
            # PostgreSQL does not start when others can read its key.
            target = self.data / file.name
            shutil.copyfile(file, target)
            target.chmod(0o600)
            shutil.chown(target, SYSTEM_USER, SYSTEM_USER)

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
    """Copies a data directory with its owners (by reference where the file system supports it)."""
    _run(["cp", "--archive", "--reflink=auto", str(source), str(target)])


def quote_identifier(name: str) -> str:
    """Returns the name as an identifier in SQL."""
    return '"' + name.replace('"', '""') + '"'


def quote_literal(value: str) -> str:
    """Returns the value as a string constant of SQL and of postgresql.conf (standard_conforming_strings is on)."""
    return "'" + value.replace("'", "''") + "'"


def _run(argv: list[str], stdin: str = "") -> str:
    result = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SqlError(result.stderr.strip())
    return result.stdout
