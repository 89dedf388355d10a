"""The parameters of PostgreSQL, and the server settings that follow from a parameter group."""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from localstack_engines.services.rds.control import retired_parameters, versions
from localstack_engines.services.rds.engine import installation, roles
from localstack_engines.services.rds.engine.template import parameters_file

LOG = logging.getLogger(__name__)

# The plugin or the installation sets these, or RDS does not let customers change them.
_NOT_MODIFIABLE = re.compile(
    r"^(port|listen_addresses|unix_socket.*|data_directory|hba_file|ident_file|config_file|external_pid_file"
    r"|ssl_.*_file|ssl_ca_file|archive_.*|restore_command|recovery_.*|primary_.*|log_destination|logging_collector"
    r"|log_directory|fsync|full_page_writes|ssl|allow_alter_system|cluster_name|event_source|bonjour.*)$"
)


@dataclass(frozen=True)
class Parameter:
    """One parameter as PostgreSQL describes it. The fields are columns of `pg_settings`."""

    name: str
    vartype: str
    context: str
    unit: str | None
    min_val: str | None
    max_val: str | None
    enumvals: tuple[str, ...]
    boot_val: str | None
    short_desc: str

    @property
    def modifiable(self) -> bool:
        return self.context != "internal" and not _NOT_MODIFIABLE.match(self.name)

    @property
    def static(self) -> bool:
        """Whether a change needs a restart."""
        return self.context == "postmaster"

    @property
    def allowed_values(self) -> str | None:
        """The values in RDS's notation, such as `0,1` or `1-8388607`; None when every value is allowed."""
        if self.vartype == "bool":
            return "0,1"
        if self.enumvals:
            return ",".join(self.enumvals)
        return f"{self.min_val}-{self.max_val}" if self.min_val is not None else None

    def accepts(self, value: str) -> bool:
        """Returns whether the server accepts the value. RDS's formulas (`{DBInstanceClassMemory/...}`) always pass."""
        if "{" in value:
            return True
        if self.vartype == "bool":
            return value.lower() in {"0", "1", "on", "off", "true", "false", "yes", "no"}
        if self.enumvals:
            return value.lower() in self.enumvals
        if self.vartype not in {"integer", "real"}:
            return True
        try:
            number = float(value)
        except ValueError:
            return False
        whole = self.vartype == "real" or number.is_integer()
        return whole and float(self.min_val or "-inf") <= number <= float(self.max_val or "inf")


# RDS's own parameters that have an effect here.
_RDS = (
    Parameter("rds.force_ssl", "bool", "sighup", None, None, None, (), "0", "Force SSL connections."),
    Parameter("rds.logical_replication", "bool", "postmaster", None, None, None, (), "0", "Enables logical decoding."),
)


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Parameter]:
    """Returns every parameter of the installed server and RDS's own ones, by name."""
    rows = json.loads(parameters_file().read_text())
    own = [Parameter(**{**row, "enumvals": tuple(row["enumvals"] or ())}) for row in rows]
    found = {parameter.name: parameter for parameter in (*own, *_RDS)}
    return found | {name: replace(found[name], boot_val=value) for name, value in roles.DEFAULTS.items()}


@lru_cache(maxsize=32)
def of_family(family: str) -> dict[str, Parameter]:
    """Returns the parameters of a parameter group family, by name.

    They are those of the installed server, and those that only the family's older major version has.
    """
    _, number = versions.families()[family]
    old = {
        name: Parameter(name, vartype, context, None, low, high, values, default, text)
        for name, (vartype, context, low, high, values, default, text) in retired_parameters.DESCRIPTIONS.items()
        if number <= retired_parameters.LAST_MAJOR[name]
    }
    return {**catalogue(), **old}


def server_settings(chosen: Mapping[str, str]) -> dict[str, str]:
    """Returns the settings of a server for the values that are set in its parameter group."""
    settings: dict[str, str] = {}
    for name, value in _present(chosen).items():
        parameter = catalogue().get(name)
        # A formula depends on the memory of the instance class, which this machine does not have.
        if parameter is None or not parameter.modifiable or "{" in value:
            continue
        if name == "rds.logical_replication":
            settings["wal_level"] = "logical" if _is_true(value) else "replica"
        elif name == "shared_preload_libraries":
            settings[name] = ",".join(_installed_libraries(value))
        elif not name.startswith("rds."):
            settings[name] = value
    return settings


def _present(chosen: Mapping[str, str]) -> dict[str, str]:
    """Returns the values with today's parameters in place of retired ones. A value for a present parameter wins."""
    successors = [retired_parameters.successor(name, value) for name, value in chosen.items() if "{" not in value]
    return {**dict(pair for pair in successors if pair), **chosen}


def force_ssl(chosen: Mapping[str, str]) -> bool:
    """Returns whether the server accepts only TLS connections. The default is False, unlike on RDS."""
    return _is_true(chosen.get("rds.force_ssl", "0"))


def _is_true(value: str) -> bool:
    return value.lower() in {"1", "on", "true", "yes"}


def _installed_libraries(value: str) -> list[str]:
    names = [name.strip() for name in value.split(",") if name.strip()]
    # A server does not start when it lacks a library. RDS has some that Debian does not package.
    missing = [name for name in names if not installation.has_library(name)]
    if missing:
        LOG.warning("shared_preload_libraries: not installed here and left out: %s", ", ".join(missing))
    return [name for name in names if name not in missing]
