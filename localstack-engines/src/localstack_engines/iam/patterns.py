"""Wildcards and variables of policies.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Mapping
from functools import lru_cache

Context = Mapping[str, tuple[str, ...]]
"""The values of a request's condition keys, by lower-case key."""

_VARIABLE = re.compile(r"\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}")
_LITERALS = ("*", "?", "$")
_ARN_PARTS = 6


class NoValue(Exception):
    """A variable has no value in this request, so what contains it matches nothing."""


def matches(pattern: str, value: str, context: Context | None = None, *, ignore_case: bool = False) -> bool:
    """Says whether `value` matches a pattern with `*` and `?`. Variables have their values from `context`."""
    try:
        return bool(_compiled(_expression(pattern, context), ignore_case).fullmatch(value))
    except NoValue:
        return False


def arn_matches(pattern: str, value: str, context: Context | None = None) -> bool:
    """Says whether an ARN matches part for part, as the ARN operators compare. A wildcard does not cross a colon."""
    patterns, values = _arn_parts(pattern), value.split(":", _ARN_PARTS - 1)
    return len(patterns) == len(values) and all(
        matches(one, part, context) for one, part in zip(patterns, values, strict=True)
    )


def substitute(text: str, context: Context | None) -> str:
    """Returns `text` with the values of its variables. Raises NoValue. None as context means no variables."""
    if context is None:
        return text
    return _VARIABLE.sub(lambda variable: _value(variable, context), text)


def _arn_parts(pattern: str) -> list[str]:
    """Splits a pattern at the colons outside of variables."""
    kept = _VARIABLE.sub(lambda variable: variable[0].replace(":", "\0"), pattern)
    return [part.replace("\0", ":") for part in kept.split(":", _ARN_PARTS - 1)]


def _expression(pattern: str, context: Context | None) -> str:
    """Returns the regular expression. Wildcards in the value of a variable stand for themselves."""
    if context is None:
        return _wildcards(pattern)
    parts, end = [], 0
    for variable in _VARIABLE.finditer(pattern):
        parts += [_wildcards(pattern[end : variable.start()]), re.escape(_value(variable, context))]
        end = variable.end()
    return "".join([*parts, _wildcards(pattern[end:])])


def _value(variable: re.Match[str], context: Context) -> str:
    name, default = variable[1], variable[2]
    if name in _LITERALS:
        return name
    values = context.get(name.lower(), ())
    # A key with several values cannot be a variable.
    if len(values) == 1:
        return values[0]
    if default is None:
        raise NoValue(name)
    return default


def _wildcards(text: str) -> str:
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")


@lru_cache(maxsize=4096)
def _compiled(expression: str, ignore_case: bool) -> re.Pattern[str]:
    """Compiles an expression, in which `.*` always is a wildcard.

    The first place where the text between two wildcards matches is as good as any later one. So the expression keeps
    it: else a pattern with many wildcards would need hours for a value that it does not match.
    """
    first, *rest = expression.split(".*")
    if rest:
        *between, last = rest
        first += "".join(f"(?>.*?{text})" for text in between) + f".*{last}"
    return re.compile(first, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
