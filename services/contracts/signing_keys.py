"""How the keys that sign access tokens are found, and how long their copies may be used.

Three aliases in KMS always exist, and may share a key. Outside a rotation all of them point to the same one. The auth
service signs with `current`; the discovery function publishes the keys of all three. The rotation moves the aliases.
The module uses the standard library only, because the discovery function and the operator commands import it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

KEY_SET_MAX_AGE_SECONDS = 300
"""How long a verifier may use its copy of the key set, and so a withdrawn key."""
KEY_SET_REREAD_SECONDS = 30
"""After this time the discovery function reads the keys again."""
ACCESS_TOKEN_SECONDS = 900
"""How long an access token is valid, unless the auth service's settings say otherwise."""


@dataclass(frozen=True, slots=True)
class SigningAliases:
    """The aliases of the signing keys: `current` is the name of the one that signs."""

    current: str

    @property
    def next(self) -> str:
        """The alias of the key that is published already, and will sign next."""
        return f"{self.current}-next"

    @property
    def previous(self) -> str:
        """The alias of the key that signed before, and is published while its tokens live."""
        return f"{self.current}-previous"

    def __iter__(self) -> Iterator[str]:
        """Yields all aliases, the current one first."""
        return iter((self.current, self.next, self.previous))
