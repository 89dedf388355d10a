"""Start and stop of the network: DNS answers, and the removal of Docker networks."""

from localstack_engines.network import dns
from localstack_engines.network.networks import networks


def start() -> None:
    """Installs the DNS sources; from now on the deletion of a VPC removes its Docker network."""
    dns.install()
    _remove_network_with_vpc()


def stop() -> None:
    """Removes all networks."""
    networks.remove_all()


def _remove_network_with_vpc() -> None:
    from localstack.utils.patch import patch
    from moto.ec2.models.vpcs import VPCBackend

    @patch(VPCBackend.delete_vpc)
    def delete_vpc(fn, self, vpc_id):  # type: ignore[no-untyped-def]
        deleted = fn(self, vpc_id)
        networks.remove(vpc_id)
        return deleted
