"""The codes that are sent to users who have forgotten their password. Pure functions, except for the random numbers."""

from __future__ import annotations

import hashlib
import secrets

LENGTH, GROUP = 16, 4
"""16 characters of 5 bits each are 80 random bits."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 (https://www.crockford.com/base32.html), without letters that look like digits."""
_READ_AS = str.maketrans("OIL", "011", "- ")


def new_code() -> str:
    """Returns a new code: `7K2M-9QXA-04TV-B3ZD`."""
    characters = "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))
    return "-".join(characters[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def code_hash(code: str) -> bytes:
    """Returns the hash that is stored, of a code as people type it: in any case, with or without hyphens.

    It needs no salt and no slow function, because the code is random.
    """
    return hashlib.sha256(code.upper().translate(_READ_AS).encode()).digest()
