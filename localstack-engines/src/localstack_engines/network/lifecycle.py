"""Start and stop of the network: DNS answers, security groups, and the removal of Docker networks."""

from localstack_engines.network import dns, interfaces
from localstack_engines.network.networks import networks
from localstack_engines.network.security_groups import api_changes, default_group, records
from localstack_engines.network.security_groups.enforcement import filters


def start() -> None:
    """Installs the DNS sources; from now on the deletion of a VPC removes its Docker network."""
    dns.install()
    _remove_network_with_vpc()
    default_group.install()
    api_changes.install()
    records.add_guests(interfaces.guests)
    filters.start()


def stop() -> None:
    """Removes all networks."""
    filters.stop()
    networks.remove_all()


def _remove_network_with_vpc() -> None:
    from localstack.utils.patch import patch
    from moto.ec2.models.vpcs import VPCBackend

    @patch(VPCBackend.delete_vpc)
    def delete_vpc(fn, self, vpc_id):  # type: ignore[no-untyped-def]
        deleted = fn(self, vpc_id)
        networks.remove(vpc_id)
        return deleted
