"""How long the steps of a rotation wait for the one before."""

from dataclasses import dataclass
from datetime import timedelta

from services.contracts.signing_keys import ACCESS_TOKEN_SECONDS, KEY_SET_MAX_AGE_SECONDS, KEY_SET_REREAD_SECONDS

PUBLICATION_SECONDS = KEY_SET_REREAD_SECONDS + KEY_SET_MAX_AGE_SECONDS + 30
"""The caches on the way to a verifier, one after the other, and half a minute more."""
TOKEN_SECONDS = ACCESS_TOKEN_SECONDS + 60


@dataclass(frozen=True)
class Delays:
    """Both delays are there for the sake of tokens: none may be refused because of a rotation."""

    publication: timedelta
    """From the publication of a key to its first signature: until every verifier has fetched it."""
    tokens: timedelta
    """From the last signature of a key to its withdrawal: until its last token has expired."""
