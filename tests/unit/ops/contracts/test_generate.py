"""The generated gRPC stubs."""

from ops.contracts import generate


def test_the_generated_stubs_are_those_of_the_proto_files() -> None:
    assert generate.stale() == []
