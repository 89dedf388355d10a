"""Which new passwords are accepted (NIST SP 800-63B, sections 5.1.1.2 and 10.2.1). Pure functions.

There are no rules about kinds of characters, which NIST advises against. A password is refused when it is among those
that are guessed first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import pairwise

MIN_LENGTH = 8
CONTEXT_WORDS = frozenset(
    "admin administrator appointment appointments billing clinic doctor health healthcare hospital login medical nurse"
    " password passwords patient patients pms practice prescription qwerty reception secret staff welcome".split()
)
"""Words of the clinic and of signing in, which everybody can guess."""

_REPETITION = re.compile(r"(.{1,4}?)\1+", re.DOTALL)
_LOOKALIKES = str.maketrans("@4301$5!", "aaeolssi")
_OUTER_DIGITS = re.compile(r"^\d+|\d+$")


def normalised(password: str) -> str:
    """Returns the password in the form in which it is hashed: keyboards produce different forms of one character."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, own_words: Iterable[str]) -> str | None:
    """Returns why a password is refused, or None. `own_words` are what others know about the user, such as the name."""
    if len(normalised(password)) < MIN_LENGTH:
        return f"The password must have at least {MIN_LENGTH} characters."
    text = normalised(password).casefold()
    core = _core(text)
    if {text, _letters_and_digits(text), core, _letters(text)} & _common():
        return "The password is one of the most common ones."
    if _REPETITION.fullmatch(text) or _is_sequence(text):
        return "The password is a repetition or a sequence."
    if core in CONTEXT_WORDS:
        return "The password is a word that is easy to guess here."
    if {core, _letters_and_digits(text)} & _words(own_words):
        return "The password is the user's name or e-mail address."
    return None


def _words(texts: Iterable[str]) -> set[str]:
    """Returns each text and each of its words, in the form of `_letters_and_digits`."""
    parts = [part for text in texts for part in (text, *re.split(r"[\W_]+", text))]
    return {_letters_and_digits(normalised(part).casefold()) for part in parts} - {""}


def _core(text: str) -> str:
    """Returns the letters and digits without the digits at both ends: `clinic` for `Clinic-2026!`."""
    return _OUTER_DIGITS.sub("", _letters_and_digits(text))


def _letters(text: str) -> str:
    """Returns the text without the digits at both ends, with letters for what resembles them: `P@ssw0rd1`."""
    return _letters_and_digits(_OUTER_DIGITS.sub("", text).translate(_LOOKALIKES))


def _letters_and_digits(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _is_sequence(text: str) -> bool:
    """Whether each character follows the one before, or precedes it. 0 follows 9, as on a keyboard."""
    if text.isdecimal():
        return {(int(after) - int(before)) % 10 for before, after in pairwise(text)} in ({1}, {9})
    return {ord(after) - ord(before) for before, after in pairwise(text)} in ({1}, {-1})


@cache
def _common() -> frozenset[str]:
    """Returns the most common passwords of at least 8 characters, in lower case."""
    return frozenset(files(__package__).joinpath("common_passwords.txt").read_text("utf-8").split())
