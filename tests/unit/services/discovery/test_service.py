"""The published key set."""

import pytest

from services.contracts.jwk import jwk_of
from services.contracts.signing_keys import KEY_SET_REREAD_SECONDS
from services.discovery.service import KeySet, KeysUnavailable
from tests.support.issuer import TestIssuer

OLD, NEW = TestIssuer(), TestIssuer()


class Source:
    """Returns the keys that are set, or fails when there are none."""

    def __init__(self) -> None:
        self.keys = [OLD.public_der]
        self.reads = 0
        self.time = 1000.0

    def read(self) -> list[bytes]:
        self.reads += 1
        if not self.keys:
            raise KeysUnavailable("KMS is away")
        return self.keys


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def keys(source: Source) -> KeySet:
    return KeySet(source.read, clock=lambda: source.time)


def ids(keys: KeySet) -> list[str]:
    return [key["kid"] for key in keys.document()["keys"]]


def test_every_key_is_published_once(source: Source, keys: KeySet) -> None:
    source.keys = [OLD.public_der, NEW.public_der, OLD.public_der]
    assert keys.document() == {"keys": [jwk_of(OLD.public_der), jwk_of(NEW.public_der)]}


def test_the_keys_are_read_again_when_the_copy_is_old(source: Source, keys: KeySet) -> None:
    assert ids(keys) == ids(keys) == [OLD.key_id]
    source.keys = [NEW.public_der]
    source.time += KEY_SET_REREAD_SECONDS - 1
    assert ids(keys) == [OLD.key_id]
    source.time += 1
    assert ids(keys) == [NEW.key_id]
    assert source.reads == 2


def test_the_copy_stays_published_while_the_keys_cannot_be_read(source: Source, keys: KeySet) -> None:
    assert ids(keys) == [OLD.key_id]
    source.keys = []
    source.time += KEY_SET_REREAD_SECONDS
    assert ids(keys) == ids(keys) == [OLD.key_id]
    assert source.reads == 2  # not for every request


def test_without_any_keys_there_is_no_key_set(source: Source, keys: KeySet) -> None:
    source.keys = []
    with pytest.raises(KeysUnavailable):
        keys.document()
    source.keys = [OLD.public_der]
    assert ids(keys) == [OLD.key_id]
