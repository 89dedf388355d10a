"""The data directory that every new server is copied from.

initdb takes about a second, a copy of its result a tenth of that. The template is made when it is first needed, or
while an image is built, by `python -m localstack_engines.services.rds.engine.template`.
"""

import shutil
import subprocess
import threading
from pathlib import Path

from localstack_engines.services.rds.engine.installation import SYSTEM_USER, program
from localstack_engines.toolkit import settings

SUPERUSER = "rdsadmin"
"""The role that the plugin itself uses. Clients cannot log in as this role."""

_lock = threading.Lock()


class TemplateFailed(RuntimeError):
    """initdb failed; the message is what it printed."""


def data_directory() -> Path:
    """Returns an initialised data directory, to be copied. Raises TemplateFailed."""
    return _template() / "data"


def parameters_file() -> Path:
    """Returns a JSON file with the server's description of its parameters (`pg_settings`). Raises TemplateFailed."""
    return _template() / "parameters.json"


def _template() -> Path:
    target = Path(settings.variable("POSTGRES_TEMPLATE", "/var/lib/localstack-engines/templates/postgres"))
    with _lock:
        if not target.exists():
            _make(target)
    return target


def _make(target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # The directory gets its name last, so that the rest of an interrupted initdb is never taken for a template.
    scratch = target.with_name(target.name + ".new")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    shutil.chown(scratch, SYSTEM_USER, SYSTEM_USER)
    argv = [program("initdb"), "--pgdata", str(scratch / "data"), "--username", SUPERUSER]
    # The sort order is that of en_US.UTF-8; ICU has it without the operating system's locales.
    argv += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "en-US"]
    argv += ["--auth", "reject", "--data-checksums", "--no-instructions"]
    _run(argv)
    columns = "name, vartype, context, unit, min_val, max_val, enumvals, boot_val, short_desc"
    query = f"SELECT jsonb_agg(p) FROM (SELECT {columns} FROM pg_settings ORDER BY name) p"  # noqa: S608 - constants
    # COPY's text format escapes the backslashes of JSON. Its CSV format does not, as no value contains \x01 or \x02.
    form = r"FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01'"
    # A single-user server needs no port and exits at the end of its input.
    single_user = [program("postgres"), "--single", "-D", str(scratch / "data"), "postgres"]
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
    """Makes the template and prints its path."""
    print(_template())  # noqa: T201


if __name__ == "__main__":
    main()
