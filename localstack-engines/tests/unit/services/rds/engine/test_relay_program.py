"""The relay of cluster endpoints: the name in a TLS handshake chooses the servers."""

import asyncio
import json
import os
import ssl
from pathlib import Path

import pytest

from localstack_engines.services.rds.engine.relay_program import Routes, serve, server_name


def client_hello(name: str | None) -> bytes:
    """Returns the first bytes that a TLS client sends."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing, server_hostname=name).do_handshake()
    return outgoing.read()


def test_the_name_is_read_from_the_handshake() -> None:
    assert server_name(client_hello("Reader.Example")) == "reader.example"
    assert server_name(client_hello(None)) == ""


@pytest.mark.parametrize(
    "record", [b"", b"\x16\x03\x01\x00\x01\x01", b"\x16\x03\x01\x00\x04\x02\x00\x00\x00", b"x" * 90]
)
def test_other_bytes_have_no_name(record: bytes) -> None:
    assert server_name(record) == ""


def test_a_handshake_that_ends_early_has_no_name() -> None:
    hello = client_hello("reader.example")
    for end in range(len(hello)):
        assert server_name(hello[:end]) in ("", "reader.example"[: len(server_name(hello[:end]))])


def test_routes_take_turns_and_are_read_again(tmp_path: Path) -> None:
    file = tmp_path / "routes.json"
    file.write_text(json.dumps({"": [[1]], "reader": [[2, 3], [1]]}))
    routes = Routes(file)
    assert sorted(routes.ports("reader") for _ in range(2)) == [[2, 3, 1], [3, 2, 1]]
    assert routes.all_ports() == {1, 2, 3}
    assert routes.ports("other") == [1]
    file.write_text(json.dumps({"": [[4]]}))
    os.utime(file, ns=(1, 1))
    assert routes.ports("reader") == [4]


def test_a_request_without_tls_reaches_the_default_route(tmp_path: Path) -> None:
    async def run() -> bytes:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"server:" + await reader.readexactly(9))
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        file = tmp_path / "routes.json"
        file.write_text(json.dumps({"": [[server.sockets[0].getsockname()[1]]]}))
        routes = Routes(file)
        relay = await asyncio.start_server(lambda r, w: serve((r, w), routes), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*relay.sockets[0].getsockname())
        # GSSAPI is declined, then the client goes on without TLS (protocol 3.0).
        writer.write(b"\x00\x00\x00\x08\x04\xd2\x16\x30")
        declined = await reader.readexactly(1)
        writer.write(b"\x00\x00\x00\x09\x00\x03\x00\x00\x00")
        answer = await reader.readexactly(16)
        for one in (relay, server):
            one.close()
        writer.close()
        return declined + answer

    assert asyncio.run(run()) == b"Nserver:\x00\x00\x00\x09\x00\x03\x00\x00\x00"


def test_routes_that_were_written_at_the_same_time_are_told_apart(tmp_path: Path) -> None:
    file, scratch = tmp_path / "routes.json", tmp_path / "routes.new"
    routes = Routes(file)
    for port in (1, 2):
        scratch.write_text(json.dumps({"": [[port]]}))
        os.utime(scratch, ns=(1, 1))
        scratch.rename(file)
        assert routes.ports("") == [port]
