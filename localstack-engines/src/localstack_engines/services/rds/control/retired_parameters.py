"""Parameters of older major versions that the installed PostgreSQL no longer has.

A parameter group of an older family accepts them. Where PostgreSQL has a successor, the successor gets the value; else
there is nothing left that the value could change, and it is only recorded.

Source: the release notes of PostgreSQL 12 to 17 (https://www.postgresql.org/docs/release/).
"""

from collections.abc import Callable

_MEGABYTES_OF_A_SEGMENT = 16
_MAX_MEGABYTES = 2**31 - 1
"""The most that `wal_keep_size` can be. A server does not start with more."""

LAST_MAJOR = {
    "default_with_oids": 11,
    "wal_keep_segments": 12,
    "operator_precedence_warning": 13,
    "vacuum_cleanup_index_scale_factor": 13,
    "force_parallel_mode": 15,
    "vacuum_defer_cleanup_age": 15,
    "old_snapshot_threshold": 16,
}
"""The last major version that has a parameter."""

Description = tuple[str, str, str | None, str | None, tuple[str, ...], str, str]
"""A parameter's type, context, minimum, maximum, values, default and description, as `pg_settings` has them."""

DESCRIPTIONS: dict[str, Description] = {
    "default_with_oids": ("bool", "user", None, None, (), "off", "Creates new tables with OIDs."),
    "wal_keep_segments": (
        "integer", "sighup", "0", "2147483647", (), "0", "Number of WAL files that are kept for standby servers.",
    ),
    "operator_precedence_warning": ("bool", "user", None, None, (), "off", "Warns of changed operator precedence."),
    "vacuum_cleanup_index_scale_factor": (
        "real", "user", "0", "10000000000", (), "0.1", "Share of inserted tuples before an index clean-up.",
    ),
    "force_parallel_mode": (
        "enum", "user", None, None, ("off", "on", "regress"), "off", "Forces the use of parallel queries.",
    ),
    "vacuum_defer_cleanup_age": (
        "integer", "sighup", "0", "1000000", (), "0", "Number of transactions by which clean-up is deferred.",
    ),
    "old_snapshot_threshold": (
        "integer", "postmaster", "-1", "86400", (), "-1", "Minutes before a snapshot is too old to read.",
    ),
}  # fmt: skip

_SUCCESSORS: dict[str, tuple[str, Callable[[str], str]]] = {
    "wal_keep_segments": ("wal_keep_size", lambda value: _megabytes(float(value))),
    "force_parallel_mode": ("debug_parallel_query", str),
}


def _megabytes(segments: float) -> str:
    return str(min(int(segments) * _MEGABYTES_OF_A_SEGMENT, _MAX_MEGABYTES))


def successor(name: str, value: str) -> tuple[str, str] | None:
    """Returns the parameter and the value that stand for a retired parameter today, or None."""
    found = _SUCCESSORS.get(name)
    return (found[0], found[1](value)) if found else None
