"""What a server's control file says, which `pg_controldata` prints also for a stopped server."""

import re
import subprocess
from pathlib import Path

from localstack_engines.services.rds.engine.installation import program

# Source: https://www.postgresql.org/docs/17/hot-standby.html#HOT-STANDBY-ADMIN
_NOT_LOWER_ON_A_STANDBY = (
    "max_connections",
    "max_locks_per_xact",
    "max_prepared_xacts",
    "max_wal_senders",
    "max_worker_processes",
)
_SETTINGS = {"max_locks_per_xact": "max_locks_per_transaction", "max_prepared_xacts": "max_prepared_transactions"}
"""Names of settings for which the control file has another one."""


def clean_end(data: Path) -> str | None:
    """Returns the position in the log at which a server was shut down cleanly, or None when it was not."""
    found = _read(data)
    return found["Latest checkpoint location"] if found["Database cluster state"] == "shut down" else None


def least_settings(data: Path) -> dict[str, int]:
    """Returns the values of the primary below which a standby with this data directory does not start."""
    found = _read(data)
    return {_SETTINGS.get(name, name): int(found[f"{name} setting"]) for name in _NOT_LOWER_ON_A_STANDBY}


def _read(data: Path) -> dict[str, str]:
    argv = [program("pg_controldata"), str(data)]
    text = subprocess.run(argv, capture_output=True, text=True, check=True, env={"LC_ALL": "C"}).stdout
    return dict(re.findall(r"^([^:\n]+): +(.*)$", text, re.MULTILINE))
