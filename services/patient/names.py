"""The form of a name in which it is searched."""

from __future__ import annotations

import unicodedata

_JOINTS = {**dict.fromkeys(map(ord, "'\u2019\u02bc`")), **dict.fromkeys(map(ord, "-\u2010\u2011"), " ")}


def folded(name: str) -> str:
    """Removes case, accents, apostrophes and hyphens: `Zoë  O'NEILL-Roth` becomes `zoe oneill roth`.

    It uses compatibility decomposition and case folding (Unicode Standard, sections 3.11 and 3.13). Returns the name
    unchanged when nothing would be left, so that the result is never empty.
    """
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character)).translate(_JOINTS)
    return " ".join(bare.split()) or name
