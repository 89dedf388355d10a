"""What of a text people can see."""

from __future__ import annotations

import unicodedata

# Letters and marks that are shown as nothing: fillers of Hangul, joiners, selectors of variants, the empty Braille cell
# (Unicode's property Default_Ignorable_Code_Point, which Python's module does not have).
_BLANK = frozenset(
    [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2800, 0x3164, *range(0xFE00, 0xFE10), 0xFFA0]
)
_PLANE_OF_TAGS = range(0xE0000, 0xE1000)


def is_invisible(character: str) -> bool:
    """Returns whether the character is shown as nothing. A space, tab or line end is not: it separates."""
    code = ord(character)
    if 0x20 <= code < 0x7F or character.isspace():
        return False
    return code in _BLANK or code in _PLANE_OF_TAGS or unicodedata.category(character) in ("Cf", "Cc")


def is_blank(text: str) -> bool:
    """Returns whether nobody can see anything of the text."""
    return all(character.isspace() or is_invisible(character) for character in text)
