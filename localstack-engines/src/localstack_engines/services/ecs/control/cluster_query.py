"""The cluster query language, in which placement constraints and filters are written (pure).

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s*(\(|\)|\[|\]|,|==|!=|>=|<=|=~|!~|!in\b|!exists\b|&&|\|\||>|<|!|"[^"]*"|'[^']*'|[^\s()\[\],!=<>]+)"""
)
_MOST_NESTED = 50
_EQUALITY = {"==": "==", "equals": "==", "!=": "!=", "not_equals": "!="}
_ORDER = {
    ">": ">",
    "greater_than": ">",
    ">=": ">=",
    "greater_than_equal": ">=",
    "<": "<",
    "less_than": "<",
    "<=": "<=",
    "less_than_equal": "<=",
}
_PATTERNS = {"=~": True, "matches": True, "!~": False, "not_matches": False}
_LISTS = {"in": True, "!in": False, "not_in": False}
_EXISTENCE = {"exists": True, "!exists": False, "not_exists": False}


class InvalidExpression(ValueError):
    """The text is no expression of the language."""


@dataclass(frozen=True)
class Subject:
    """What expressions ask for: an instance's attributes and fields, and the groups of its tasks."""

    attributes: dict[str, str | None]
    fields: dict[str, str]
    groups: frozenset[str] = frozenset()


Predicate = Callable[[Subject], bool]


def parse(text: str) -> Predicate:
    """Returns the predicate that the expression means. Raises InvalidExpression."""
    tokens = _tokens(text)
    _check_nesting(tokens)
    predicate = _either(tokens)
    if tokens:
        raise InvalidExpression(f"unexpected '{tokens[0]}'")
    return predicate


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise InvalidExpression(f"cannot read '{text[position:].strip()}'")
        tokens.append(match[1])
        position = match.end()
    return tokens


def _check_nesting(tokens: list[str]) -> None:
    """Raises InvalidExpression for more parentheses within others, and negations, than Python can call functions."""
    depth = 0
    for token in tokens:
        depth += (token in ("(", "not", "!")) - (token == ")")  # noqa: S105 - a parenthesis
        if depth > _MOST_NESTED:
            raise InvalidExpression("it is nested too deeply")


def _next(tokens: list[str]) -> str:
    if not tokens:
        raise InvalidExpression("it ends too early")
    return tokens.pop(0)


def _either(tokens: list[str]) -> Predicate:
    parts = _parts(tokens, ("or", "||"), _both)
    return lambda subject: any(part(subject) for part in parts)


def _both(tokens: list[str]) -> Predicate:
    parts = _parts(tokens, ("and", "&&"), _single)
    return lambda subject: all(part(subject) for part in parts)


def _parts(tokens: list[str], separators: tuple[str, str], part: Callable[[list[str]], Predicate]) -> list[Predicate]:
    parts = [part(tokens)]
    while tokens and tokens[0] in separators:
        tokens.pop(0)
        parts.append(part(tokens))
    return parts


def _single(tokens: list[str]) -> Predicate:
    token = _next(tokens)
    if token in ("not", "!"):
        inner = _single(tokens)
        return lambda subject: not inner(subject)
    if token == "(":  # noqa: S105 - a parenthesis
        inner = _either(tokens)
        if _next(tokens) != ")":
            raise InvalidExpression("a ')' is missing")
        return inner
    return _comparison(_reader(token), tokens)


def _reader(name: str) -> Callable[[Subject], Iterable[str | None]]:
    """Returns what reads the values of an expression's left side: none if the instance has none."""
    if name.startswith("attribute:"):
        attribute = name.removeprefix("attribute:")
        return lambda subject: [subject.attributes[attribute]] if attribute in subject.attributes else []
    if name == "task:group":
        return lambda subject: subject.groups
    if name in ("ec2InstanceId", "agentConnected", "registeredAt", "runningTasksCount"):
        return lambda subject: [subject.fields[name]]
    raise InvalidExpression(f"'{name}' is no attribute and no field of a container instance")


def _comparison(read: Callable[[Subject], Iterable[str | None]], tokens: list[str]) -> Predicate:
    operator = _next(tokens)
    if operator in _EXISTENCE:
        wanted = _EXISTENCE[operator]
        return lambda subject: bool(list(read(subject))) == wanted
    if operator in _LISTS:
        values, wanted = _values(tokens), _LISTS[operator]
        return lambda subject: any(value in values for value in read(subject)) == wanted
    argument = _unquoted(_next(tokens))
    if operator in _EQUALITY:
        wanted = _EQUALITY[operator] == "=="
        return lambda subject: (argument in read(subject)) == wanted
    if operator in _PATTERNS:
        pattern, wanted = _pattern(argument), _PATTERNS[operator]
        return lambda subject: any(pattern.search(value or "") for value in read(subject)) == wanted
    if operator in _ORDER:
        return lambda subject: any(_is_in_order(value or "", _ORDER[operator], argument) for value in read(subject))
    raise InvalidExpression(f"unknown operator '{operator}'")


def _values(tokens: list[str]) -> set[str]:
    if _next(tokens) != "[":
        raise InvalidExpression("a '[' is missing")
    values = set()
    while (token := _next(tokens)) != "]":
        if token != ",":  # noqa: S105 - a comma
            values.add(_unquoted(token))
    return values


def _unquoted(token: str) -> str:
    return token[1:-1] if token[0] in "\"'" else token


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise InvalidExpression(f"'{text}' is no regular expression") from error


def _is_in_order(value: str, operator: str, argument: str) -> bool:
    """Compares numbers as numbers, and texts such as times as texts."""
    try:
        difference = float(value) - float(argument)
    except ValueError:
        difference = (value > argument) - (value < argument)
    return {">": difference > 0, ">=": difference >= 0, "<": difference < 0, "<=": difference <= 0}[operator]
