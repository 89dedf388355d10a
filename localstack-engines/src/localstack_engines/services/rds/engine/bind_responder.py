"""A small LDAP server that answers simple binds (RFC 4511), through which PostgreSQL asks whether a token is valid.

PostgreSQL has no authentication method that an extension could add. Its method `ldap` sends the client's user name and
password to a server in one message, and an LDAP password may be as long as a token of IAM, which has more than 1,000
bytes: https://www.postgresql.org/docs/17/auth-ldap.html.
"""

import logging
import socketserver
import threading
from collections.abc import Callable

from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error
from pyasn1.type import namedtype, tag, univ

from localstack_engines.services.rds.engine.client_access import BIND_HOST

LOG = logging.getLogger(__name__)

_SUCCESS, _INVALID_CREDENTIALS, _OTHER = 0, 49, 80
_MAX_BYTES = 70_000
"""PostgreSQL takes passwords of up to 65,535 bytes."""
_TIMEOUT_SECONDS = 30.0

Accepts = Callable[[str, str], bool]
"""Whether a name, as PostgreSQL binds it, may log in with a password."""


class _BindRequest(univ.Sequence):
    """`BindRequest` with the choice `simple` (section 4.2)."""

    tagSet = univ.Sequence.tagSet.tagImplicitly(tag.Tag(tag.tagClassApplication, tag.tagFormatConstructed, 0))
    componentType = namedtype.NamedTypes(
        namedtype.NamedType("version", univ.Integer()),
        namedtype.NamedType("name", univ.OctetString()),
        namedtype.NamedType(
            "simple",
            univ.OctetString().subtype(implicitTag=tag.Tag(tag.tagClassContext, tag.tagFormatSimple, 0)),
        ),
    )


class _BindResponse(univ.Sequence):
    """`BindResponse` without its optional parts (section 4.2.2)."""

    tagSet = univ.Sequence.tagSet.tagImplicitly(tag.Tag(tag.tagClassApplication, tag.tagFormatConstructed, 1))
    componentType = namedtype.NamedTypes(
        namedtype.NamedType("resultCode", univ.Enumerated()),
        namedtype.NamedType("matchedDN", univ.OctetString()),
        namedtype.NamedType("diagnosticMessage", univ.OctetString()),
    )


def _message(operation: univ.Sequence) -> univ.Sequence:
    """Returns an `LDAPMessage` with this operation (section 4.1.1)."""
    parts = namedtype.NamedTypes(
        namedtype.NamedType("messageID", univ.Integer()), namedtype.NamedType("operation", operation)
    )
    return univ.Sequence(componentType=parts)


class BindResponder:
    """The server. It listens on the loopback interface and answers each connection in a thread."""

    def __init__(self, accepts: Accepts) -> None:
        self._accepts = accepts
        self._lock = threading.Lock()
        self._server: socketserver.ThreadingTCPServer | None = None

    def start(self) -> int:
        """Starts the server unless it runs. Returns its port."""
        with self._lock:
            if self._server is None:
                self._server = _Server((BIND_HOST, 0), self._handler())
                threading.Thread(target=self._server.serve_forever, name="rds token logins", daemon=True).start()
            return int(self._server.server_address[1])

    def stop(self) -> None:
        """Stops the server if it runs."""
        with self._lock:
            if self._server is not None:
                self._server.shutdown()
                self._server.server_close()
                self._server = None

    def answer(self, request: bytes) -> bytes | None:
        """Returns the answer to a message, or None for one that has none: the connection ends then."""
        try:
            message, _ = decoder.decode(request, asn1Spec=_message(_BindRequest()))
            bind = message["operation"]
            name, password = bytes(bind["name"]).decode(), bytes(bind["simple"]).decode()
        except (PyAsn1Error, UnicodeDecodeError) as error:
            # An UnbindRequest, and what is no bind at all.
            LOG.debug("not a simple bind: %s", error)
            return None
        try:
            code = _SUCCESS if self._accepts(name, password) else _INVALID_CREDENTIALS
        except Exception:
            LOG.exception("a login with a token cannot be checked")
            code = _OTHER
        answer = _message(_BindResponse())
        answer["messageID"] = message["messageID"]
        for part, value in (("resultCode", code), ("matchedDN", b""), ("diagnosticMessage", b"")):
            answer["operation"][part] = value
        return bytes(encoder.encode(answer))

    def _handler(self) -> type[socketserver.StreamRequestHandler]:
        answer = self.answer

        class Handler(socketserver.StreamRequestHandler):
            timeout = _TIMEOUT_SECONDS

            def handle(self) -> None:
                try:
                    while (request := _read_message(self.rfile.read)) and (reply := answer(request)):
                        self.wfile.write(reply)
                except OSError as error:
                    LOG.debug("the connection of a bind ended: %s", error)

        return Handler


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128


def _read_message(read: Callable[[int], bytes]) -> bytes | None:
    """Reads one BER message: its tag, its length (ITU-T X.690, 8.1.3) and that many bytes. None at the end."""
    head = read(2)
    if len(head) < 2:
        return None
    length, extra = head[1], b""
    if length & 0x80:
        extra = read(length & 0x7F)
        length = int.from_bytes(extra)
    if length > _MAX_BYTES:
        LOG.warning("a message of %s bytes is refused", length)
        return None
    body = read(length)
    return head + extra + body if len(body) == length else None
