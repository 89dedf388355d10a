"""The roles that RDS for PostgreSQL has, and what its master user may do.

The image marks the extensions that RDS has as trusted (`image/postgresql/trust-extensions`), so that the master user,
who is no superuser, can create them.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.rds_superuser.html
"""

SUPERUSERS = "rds_superuser"
"""The role whose member the master user is. The image's extension scripts grant their functions to it."""

IAM = "rds_iam"
REPLICATION = "rds_replication"
PASSWORD = "rds_password"  # noqa: S105 - the name of a role

DEFAULTS = {"shared_preload_libraries": "pg_stat_statements"}
"""Parameters for which RDS has another default than PostgreSQL."""

_PREDEFINED = "pg_monitor, pg_signal_backend, pg_checkpoint, pg_maintain, pg_use_reserved_connections"
# Their members may do more than the master user may. It can grant them, and has to grant them to itself.
_GRANTABLE = "pg_read_all_data, pg_write_all_data"


def master_user(role: str, secret: str) -> list[str]:
    """Returns the statements that create RDS's roles and the master user; `role` and `secret` are quoted SQL.

    The master user has the attribute REPLICATION itself and can give it to others: PostgreSQL's roles do not inherit
    it, so it does not come with rds_replication. Only the master user can grant rds_iam: if rds_superuser had it,
    its members could not log in with a password.
    """
    own = (SUPERUSERS, REPLICATION, IAM, PASSWORD)
    return [
        *(f"CREATE ROLE {name} NOLOGIN" for name in own),
        f"GRANT {_PREDEFINED}, pg_create_subscription, {REPLICATION}, {PASSWORD} TO {SUPERUSERS} WITH ADMIN OPTION",
        f"GRANT {_GRANTABLE} TO {SUPERUSERS} WITH ADMIN OPTION, INHERIT FALSE",
        f"CREATE ROLE {role} LOGIN CREATEROLE CREATEDB REPLICATION PASSWORD {secret}",
        f"GRANT {SUPERUSERS} TO {role} WITH ADMIN OPTION",
        f"GRANT {IAM} TO {role} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE",
    ]
