"""The second ports of listeners."""

from localstack_engines.services.elbv2.engine.model import inner_ports


def test_an_inner_port_is_no_listeners_port() -> None:
    assert inner_ports({80: 0, 65535: 0, 443: 0}) == {80: 65534, 443: 65533, 65535: 65532}


def test_an_inner_port_stays_when_there_are_other_listeners() -> None:
    first = inner_ports({443: 0})
    assert inner_ports({**first, 80: 0}) == {443: 65535, 80: 65534}
    # A listener may take it.
    assert inner_ports({**first, 65535: 0}) == {443: 65534, 65535: 65533}
