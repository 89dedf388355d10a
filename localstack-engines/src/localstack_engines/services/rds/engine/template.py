"""The data directory that every new server is copied from.

initdb takes about a second, a copy of its result a tenth of that. The directory is made when it is
first needed, or beforehand by ``python -m localstack_engines.services.rds.engine.template`` while an image is built.
"""

import shutil
import subprocess
import threading
from pathlib import Path

from localstack_engines.toolkit import settings

SUPERUSER = "rdsadmin"
"""The engine's own superuser; on RDS it has this name too, and customers cannot log in as it."""

SYSTEM_USER = "postgres"
"""The account that servers run as: PostgreSQL refuses root."""

_lock = threading.Lock()


class TemplateFailed(RuntimeError):
    """initdb did not work; the message is what it printed."""


def bin_path(program: str) -> str:
    """The path of a PostgreSQL program (``ENGINES_POSTGRES_BIN`` says where else than Debian's place)."""
    return str(Path(settings.variable("POSTGRES_BIN", "/usr/lib/postgresql/17/bin"), program))


def data_directory() -> Path:
    """An initialised data directory, to be copied. Raises TemplateFailed."""
    return _template() / "data"


def parameters_file() -> Path:
    """What the server says about each of its parameters (``pg_settings``), as JSON. Raises TemplateFailed."""
    return _template() / "parameters.json"


def _template() -> Path:
    target = Path(settings.variable("POSTGRES_TEMPLATE", "/var/lib/localstack-engines/templates/postgres"))
    with _lock:
        if not target.exists():
            _make(target)
    return target


def _make(target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # Aside and then renamed: an interrupted initdb must not pass for a template.
    scratch = target.with_name(target.name + ".new")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    shutil.chown(scratch, SYSTEM_USER, SYSTEM_USER)
    argv = [bin_path("initdb"), "--pgdata", str(scratch / "data"), "--username", SUPERUSER]
    # RDS sorts as en_US.UTF-8 does; ICU brings that without the system's locales.
    argv += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "en-US"]
    argv += ["--auth", "reject", "--data-checksums", "--no-instructions"]
    _run(argv)
    columns = "name, vartype, context, unit, min_val, max_val, enumvals, boot_val, short_desc"
    query = f"SELECT jsonb_agg(p) FROM (SELECT {columns} FROM pg_settings ORDER BY name) p"  # noqa: S608 - constants
    # Text format would escape the JSON's backslashes; CSV leaves alone what contains neither of these two.
    form = r"FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01'"
    # The single-user server needs no port and is gone when its input ends.
    single_user = [bin_path("postgres"), "--single", "-D", str(scratch / "data"), "postgres"]
    _run(single_user, f"COPY ({query}) TO '{scratch}/parameters.json' ({form})\n")
    scratch.rename(target)


def _run(argv: list[str], stdin: str = "") -> None:
    result = subprocess.run(
        argv, input=stdin, user=SYSTEM_USER, group=SYSTEM_USER, extra_groups=[], cwd="/",
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if result.returncode != 0:
        raise TemplateFailed(result.stderr.strip() or result.stdout.strip())


def main() -> None:
    """Make the template and say where it is."""
    print(_template())  # noqa: T201


if __name__ == "__main__":
    main()
