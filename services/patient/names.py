"""The form of a name in which it is searched."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from anyascii import anyascii

from services.common.text import is_invisible

_APOSTROPHES = frozenset("'`\u00b4\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u055a\uff07")
_ASCII = str.maketrans("-", " ", "'`")
_MINUS_SIGNS = frozenset("\u2212\u30fb\uff65")
"""The minus sign, and the middle dots that stand between the words of a foreign name in Japanese."""


def folded(name: str) -> str:
    """Removes what people leave out when they type: case, Latin letters' marks, apostrophes, hyphens, invisible signs.

    `Zoë  O'NEILL-Roth` becomes `zoe oneill roth`, and Łukasz, Sørensen and Đorđe become ASCII. In other scripts a mark
    may make another letter, as in katakana, so there only case and compatibility forms are removed, and the accents of
    Greek and Cyrillic. It uses Unicode's compatibility decomposition and case folding (Unicode Standard, sections 3.11
    and 3.13) and anyascii's table of Latin letters. Returns the name unchanged when nothing would be left, so that the
    result is never empty.
    """
    if name.isascii():  # most names, and ten times faster
        return " ".join(name.translate(_ASCII).lower().split()) or name
    # Acute accents that stand alone are apostrophes; the decomposition would make them marks.
    plain = "".join(_replaced(character) for character in name)
    # Twice, because a compatibility form may hide a capital letter (section 3.13, D146).
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain.casefold()).casefold())
    bare, alphabet = [], False
    for character in decomposed:
        if unicodedata.combining(character):
            if not alphabet:  # the mark of another script belongs to its letter
                bare.append(character)
            continue
        letter, alphabet = _letter(character)
        bare.append(letter)
    # Composed again, so that the key has one sign for a letter of another script.
    return " ".join(unicodedata.normalize("NFC", "".join(bare)).split()) or name


def _replaced(character: str) -> str:
    if character in _APOSTROPHES:
        return ""
    if character in _MINUS_SIGNS or unicodedata.category(character) == "Pd":
        return " "
    return "" if is_invisible(character) else character


@lru_cache(maxsize=4096)
def _letter(character: str) -> tuple[str, bool]:
    """Returns the letter without what people leave out, and whether its script is one whose marks are accents."""
    if character.isascii():
        return character, True
    script = unicodedata.name(character, "").partition(" ")[0]
    if script == "LATIN":
        return anyascii(character).casefold() or character, True
    return character, script in ("GREEK", "CYRILLIC")
