"""No operation answers worse than the baseline says (docs/conformance.md)."""

from conformance import run


def test_no_operation_answers_worse_than_the_baseline() -> None:
    assert run.worse(run.read(), run.find()) == []
