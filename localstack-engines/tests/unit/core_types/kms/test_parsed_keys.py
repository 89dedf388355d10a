"""A private key is parsed once, and never taken for another one."""

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from localstack_engines.core_types.kms.parsed_keys import parsed


def new_document() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption())


def test_a_key_is_parsed_once_and_another_one_separately() -> None:
    first, second = new_document(), new_document()
    assert parsed(first) is parsed(bytes(bytearray(first)))
    assert parsed(first).private_numbers() != parsed(second).private_numbers()
