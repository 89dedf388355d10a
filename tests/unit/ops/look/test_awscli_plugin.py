import pytest

from ops.look.awscli_plugin import line, since

EVENT = {"timestamp": 1_700_000_000_123, "logStreamName": "auth/auth/1", "message": '{"event":"request"}\n'}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10s", 1_699_999_990_000),
        ("5m", 1_699_999_700_000),
        ("1w", 1_699_395_200_000),
        ("2023-11-14T22:13:20", 1_700_000_000_000),
        ("2023-11-14T23:13:20+01:00", 1_700_000_000_000),
    ],
)
def test_since_is_relative_or_absolute(text: str, expected: int) -> None:
    assert since(text, now=1_700_000_000) == expected


def test_lines_are_those_of_version_2() -> None:
    assert line(EVENT, "short") == '2023-11-14T22:13:20 {"event":"request"}'
    assert line(EVENT, "detailed") == '2023-11-14T22:13:20.123000+00:00 auth/auth/1 {"event":"request"}'
    assert line(EVENT, "json").splitlines()[1] == '    "event": "request"'
