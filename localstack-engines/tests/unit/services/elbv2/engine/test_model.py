"""The second ports of listeners."""

from localstack_engines.services.elbv2.engine.model import inner_ports


def test_an_inner_port_is_no_listeners_port() -> None:
    assert inner_ports([80, 65535, 443]) == {80: 65534, 443: 65533, 65535: 65532}
