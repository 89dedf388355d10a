"""The references under which other services pull images."""

import pytest

from localstack_engines.services.ecr.public import local_reference


@pytest.mark.parametrize(
    ("reference", "local"),
    [
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:1", "localhost:4510/team/app:1"),
        (
            "000000000000.dkr.ecr.us-east-1.localhost.localstack.cloud:4566/app@sha256:00",
            "localhost:4510/app@sha256:00",
        ),
        ("localhost:4510/app:1", "localhost:4510/app:1"),
        ("debian:trixie-slim", "debian:trixie-slim"),
        ("example.com/123456789012.dkr.ecr.eu-west-1.amazonaws.com/app", None),
    ],
)
def test_ecr_images_are_in_the_local_registry(
    monkeypatch: pytest.MonkeyPatch, reference: str, local: str | None
) -> None:
    monkeypatch.setenv("EXTERNAL_SERVICE_PORTS_START", "4510")
    assert local_reference(reference) == (local or reference)
