"""The signing keys in KMS, and the three changes that a rotation makes to them.

Each change begins with a look at what is there, and leaves a state in which all verifiers have the keys they need.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.contracts.jwk import jwk_of
from services.contracts.signing_keys import SigningAliases

PUBLISHED_AT = "pms:published-at"
"""The tag of a key that was seen in the published key set: since when, in ISO 8601."""
REPLACED_AT = "pms:replaced-at"
"""The tag of a key that does not sign any more: since when."""


@dataclass(frozen=True)
class State:
    """The ids in KMS of the keys behind the aliases. Outside a rotation they are the same."""

    current: str
    next: str
    previous: str


def now() -> datetime:
    """Returns the time in UTC."""
    return datetime.now(UTC)


class SigningKeys:
    """The keys behind the aliases. `kms` is a boto3 client."""

    def __init__(self, kms: Any, aliases: SigningAliases, clock: Callable[[], datetime] = now) -> None:
        self._kms, self._aliases, self._clock = kms, aliases, clock

    def state(self) -> State:
        """Returns which keys the aliases point to."""
        return State(*(str(self._kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"]) for alias in self._aliases))

    def next_key_id(self) -> str:
        """Returns the id that the next key has in tokens and in the published key set."""
        return jwk_of(self._kms.get_public_key(KeyId=self._aliases.next)["PublicKey"])["kid"]

    def publish(self) -> None:
        """Creates the next key, and lets the discovery function publish it."""
        made = self._kms.create_key(
            KeySpec="RSA_2048",
            KeyUsage="SIGN_VERIFY",
            Description="Signs access tokens",
            Tags=[{"TagKey": "pms:alias", "TagValue": self._aliases.current}],
        )
        self._point(self._aliases.next, made["KeyMetadata"]["KeyId"])

    def published_at(self) -> datetime | None:
        """Returns since when the next key is known to be published."""
        return self._moment(self.state().next, PUBLISHED_AT)

    def confirm(self) -> None:
        """Writes down that the next key is published."""
        self._write_moment(self.state().next, PUBLISHED_AT)

    def promote(self) -> None:
        """Lets the next key sign. The one that has signed before stays published."""
        state = self.state()
        # What the tags say is over, should the key ever be replaced, or sign a second time.
        self._kms.untag_resource(KeyId=state.next, TagKeys=[PUBLISHED_AT, REPLACED_AT])
        self._point(self._aliases.previous, state.current)
        self._point(self._aliases.current, state.next)
        self.replaced_at()

    def replaced_at(self) -> datetime:
        """Returns since when the previous key does not sign any more; writes it down if nobody has done so."""
        key = self.state().previous
        return self._moment(key, REPLACED_AT) or self._write_moment(key, REPLACED_AT)

    def withdraw(self) -> None:
        """Ends the publication of the previous key, and disables it. It is not deleted, so this can be undone."""
        state = self.state()
        self._point(self._aliases.previous, state.current)
        self._kms.disable_key(KeyId=state.previous)

    def _moment(self, key: str, tag: str) -> datetime | None:
        tags = {each["TagKey"]: each["TagValue"] for each in self._kms.list_resource_tags(KeyId=key)["Tags"]}
        return datetime.fromisoformat(tags[tag]) if tag in tags else None

    def _write_moment(self, key: str, tag: str) -> datetime:
        moment = self._clock()
        self._kms.tag_resource(KeyId=key, Tags=[{"TagKey": tag, "TagValue": moment.isoformat()}])
        return moment

    def _point(self, alias: str, key: str) -> None:
        self._kms.update_alias(AliasName=alias, TargetKeyId=key)
