"""Life cycle: DNS answers from the start, a VPC's network gone with its VPC."""

from localstack_engines.network import dns
from localstack_engines.network.networks import networks


def start() -> None:
    dns.install()
    _remove_network_with_vpc()


def stop() -> None:
    networks.remove_all()


def _remove_network_with_vpc() -> None:
    from localstack.utils.patch import patch
    from moto.ec2.models.vpcs import VPCBackend

    @patch(VPCBackend.delete_vpc)
    def delete_vpc(fn, self, vpc_id):  # type: ignore[no-untyped-def]
        deleted = fn(self, vpc_id)
        networks.remove(vpc_id)
        return deleted
