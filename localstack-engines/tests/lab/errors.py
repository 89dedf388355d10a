"""Checks of the errors that AWS APIs answer with."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


def refused(call: Callable[..., Any], code: str, pattern: str = "", /, **request: Any) -> str:
    """Checks that the call fails with this code and a message that contains the pattern. Returns the message."""
    with pytest.raises(ClientError) as raised:
        call(**request)
    error = raised.value.response["Error"]
    assert error["Code"] == code
    assert re.search(pattern, error["Message"])
    return str(error["Message"])
