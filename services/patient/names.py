"""Names as people search for them, which is not how they are written."""

from __future__ import annotations

import unicodedata

_JOINTS = {**dict.fromkeys(map(ord, "'\u2019\u02bc`")), **dict.fromkeys(map(ord, "-\u2010\u2011"), " ")}


def folded(name: str) -> str:
    """Without case, accents, apostrophes and hyphens: `Zoë  O'NEILL-Roth` and `zoe oneill roth` are the same key.

    Compatibility decomposition and case folding (Unicode Standard, sections 3.11 and 3.13). A name that consists of
    nothing else is kept as it is, so that the key is never empty.
    """
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character)).translate(_JOINTS)
    return " ".join(bare.split()) or name
