"""Log lines contain only the fields that are allowed."""

from __future__ import annotations

import ast
import json
import logging
from typing import Any

import pytest

from ops import settings
from services.common import logs
from services.common.aws import AwsError

CANARY = "canary-6620"


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Any:
    logs.set_up("toy", "test")
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_fields_that_are_not_allowed_are_dropped(lines: Any) -> None:
    logs.logger("x").info("happened", patient_id="p1", name="toy", email=CANARY, body={"a": CANARY}, token=CANARY)
    (line,) = lines()
    assert line["event"] == "happened"
    assert line["patient_id"] == "p1"
    assert (line["service"], line["stage"], line["level"]) == ("toy", "test", "info")
    assert CANARY not in json.dumps(line)


def test_an_exception_is_logged_as_its_type_and_places(lines: Any) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        logs.logger("x").error("failed", **logs.describe(error))
    (line,) = lines()
    assert line["error"] == "ValueError"
    assert line["error_at"][-1].startswith("common/test_logs.py:")
    assert CANARY not in json.dumps(line)


def test_the_code_of_an_error_of_aws_is_logged() -> None:
    assert logs.describe(AwsError("AccessDeniedException"))["code"] == "AccessDeniedException"
    assert "code" not in logs.describe(ValueError("AccessDeniedException"))


def test_every_field_that_a_service_logs_is_allowed() -> None:
    """A field that is dropped in silence is missed on the day on which it is needed."""
    used = {
        keyword.arg
        for file in (settings.ROOT / "services").rglob("*.py")
        if "discovery" not in file.parts  # a function with a logger of its own
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if isinstance(call.func.value, ast.Call) and getattr(call.func.value.func, "id", "") == "logger"
        for keyword in call.keywords
        if keyword.arg and keyword.arg != "exc_info"
    }
    assert "consumer" in used
    assert used <= logs.ALLOWED


def test_a_librarys_arguments_are_left_out(lines: Any) -> None:
    logging.getLogger("some.library").warning("could not reach %s", CANARY)
    try:
        raise RuntimeError(CANARY)
    except RuntimeError:
        logging.getLogger("some.library").exception("broke")
    first, second = lines()
    assert first["event"] == "could not reach %s"
    assert second["error"] == "RuntimeError"
    assert CANARY not in json.dumps([first, second])


@pytest.mark.attack(17)
def test_a_line_end_in_a_value_does_not_split_the_line(lines: Any) -> None:
    logs.logger("x").info('a\r\n{"level": "error"}', reason="b\nc\u2028d")
    logging.getLogger("some.library").warning("one\ntwo")
    assert [line["level"] for line in lines()] == ["info", "warning"]
