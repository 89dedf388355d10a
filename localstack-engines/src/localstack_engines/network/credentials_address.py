"""169.254.170.2 in a network namespace: the address at which the SDKs of a task ask for credentials.

A machine can have this address only once. So no interface has it: nftables sends what a task sends there to LocalStack.
"""

from localstack_engines.network import namespaces
from localstack_engines.toolkit import settings

ADDRESS = "169.254.170.2"

_TABLE = "ip pms_credentials"


def open_in(container_id: str, localstack: str) -> None:
    """Makes the address lead to LocalStack, which has the address `localstack` in the container's network.

    Raises NamespaceGone or RulesetRefused.
    """
    namespaces.load(container_id, ruleset(localstack, settings.edge_port()))


def ruleset(localstack: str, port: int) -> str:
    """Returns nft's commands, which replace what they made before (pure)."""
    return f"""
table {_TABLE}
delete table {_TABLE}
table {_TABLE} {{
    chain output {{
        type nat hook output priority dstnat; policy accept;
        ip daddr {ADDRESS} tcp dport 80 dnat to {localstack}:{port}
    }}
}}
"""
