import base64
import hashlib
import hmac

from localstack_engines.services.kafka.control.scram import credential


def test_a_client_with_the_password_can_prove_it_and_no_other() -> None:
    """The client's part of RFC 5802, section 3, computed here from the password."""
    stored = {
        name: base64.b64decode(str(value)) for name, value in credential("pässword").items() if name != "iterations"
    }

    def client_key(password: str) -> bytes:
        salted = hashlib.pbkdf2_hmac("sha512", password.encode(), stored["salt"], 4096)
        return hmac.digest(salted, b"Client Key", "sha512")

    assert hashlib.sha512(client_key("pässword")).digest() == stored["storedKey"]
    assert hashlib.sha512(client_key("password")).digest() != stored["storedKey"]


def test_two_users_with_one_password_have_different_credentials() -> None:
    assert credential("p")["storedKey"] != credential("p")["storedKey"]
