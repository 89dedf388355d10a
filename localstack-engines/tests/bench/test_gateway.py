"""Prints the throughput of the gateway and of LocalStack's own REST API."""

import sys

import pytest

from bench import gateway


@pytest.mark.bench
def test_throughput_of_the_http_api_and_the_rest_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["gateway", "--seconds", "5"])
    gateway.main()
