"""The key ids that discovery publishes and auth writes into tokens."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import RSAAlgorithm

from services.contracts.jwk import jwk_of, thumbprint


def _der(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("bits", [2048, 3072])
def test_an_rsa_key_becomes_the_jwk_that_another_library_makes_of_it(bits: int) -> None:
    key = rsa.generate_private_key(65537, bits)
    expected = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    jwk = jwk_of(_der(key))
    assert (jwk["kty"], jwk["n"], jwk["e"]) == ("RSA", expected["n"], expected["e"])
    assert (jwk["use"], jwk["alg"]) == ("sig", "RS256")


def test_the_thumbprint_is_that_of_rfc_7638_section_3_1() -> None:
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
        "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5haj"
        "rn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    jwk = {"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
    assert thumbprint(jwk) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.mark.parametrize(
    "data",
    [b"", b"\x30", b"\x30\x82\xff", b"not a key", _der(ec.generate_private_key(ec.SECP256R1()))],
    ids=["empty", "one-byte", "cut-off", "text", "elliptic-curve"],
)
def test_what_is_no_rsa_key_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"DER|RSA"):
        jwk_of(data)
