"""Names of the awslogs driver's log streams."""

from localstack_engines.toolkit.log_shipping.awslogs import stream_name


def test_stream_names() -> None:
    assert stream_name("auth", "app", "123") == "auth/app/123"
