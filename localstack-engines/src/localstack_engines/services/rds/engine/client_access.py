"""Who may log in to a server, and how: its pg_hba.conf (https://www.postgresql.org/docs/17/auth-pg-hba-conf.html)."""

from localstack_engines.services.rds.engine.installation import SYSTEM_USER
from localstack_engines.services.rds.engine.roles import IAM
from localstack_engines.services.rds.engine.template import SUPERUSER

IDENTITIES = f"engine root {SUPERUSER}\nengine {SYSTEM_USER} {SUPERUSER}\n"
"""pg_ident.conf: the accounts of the operating system that are the superuser."""

BIND_HOST = "127.0.0.1"
"""The address of the responder that checks tokens of IAM: only this machine's servers ask it."""

_SEPARATOR = "/"


def rules(owner: str, port: int, tls_only: bool, binds: int | None) -> str:
    """Returns pg_hba.conf for the server at a port. `binds` is the port of the responder that checks tokens of IAM.

    The superuser logs in through the Unix socket only, from the accounts root and postgres. Members of rds_iam need a
    token, over TLS, as on RDS; without a responder they cannot log in. The owner is a member, since it can grant the
    role, but has its password all the same. All other roles log in with a password, over TCP.
    """
    host = "hostssl" if tls_only else "host"
    lines = [
        f"local all {SUPERUSER} peer map=engine",
        f"local replication {SUPERUSER} peer map=engine",
        f"host all {SUPERUSER} all reject",
        f'{host} all "{owner}" all scram-sha-256',
        f"host all +{IAM} all reject",
        f"{host} all all all scram-sha-256",
    ]
    if binds is not None:
        # A token has everything that a login needs, so it never goes over a connection without TLS.
        bind = f'ldapserver={BIND_HOST} ldapport={binds} ldapprefix="{port}{_SEPARATOR}"'
        lines.insert(4, f"hostssl all +{IAM} all ldap {bind}")
    return "".join(f"{line}\n" for line in lines)


def login(name: str) -> tuple[int, str]:
    """Returns the port of the server and the role in a name that a server of these rules binds.

    Raises ValueError for another name.
    """
    port, separator, role = name.partition(_SEPARATOR)
    if not separator:
        raise ValueError(f"no server binds the name {name!r}")
    return int(port), role
