"""Quoting of identifiers and string constants."""

from localstack_engines.services.rds.engine.postgres import quote_identifier, quote_literal


def test_quotes_in_values_are_doubled() -> None:
    assert quote_literal("it's") == "'it''s'"
    assert quote_identifier('a"b') == '"a""b"'
