"""The load generator, with a server that answers in all forms of HTTP/1.1."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest

from ops.load import report
from ops.load.containers import Container
from ops.load.http import Call, Connection, Target
from ops.load.measure import Result, load, repeat

ANSWERS = {
    "/length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "/chunked": b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
    "/empty": b"HTTP/1.1 204 No Content\r\n\r\n",
    "/close": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    "/busy": b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
}


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split()[1].decode().removeprefix("/prefix")
                if b"content-length: " in head:
                    await reader.readexactly(int(head.split(b"content-length: ")[1].split()[0]))
                if path == "/broken":
                    return
                writer.write(ANSWERS[path])
        except asyncio.IncompleteReadError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield Target("127.0.0.1", server.sockets[0].getsockname()[1], "/prefix")
    server.close()


async def test_answers_of_every_form(target: Target) -> None:
    async with Connection(target, "token") as connection:
        assert await connection.send(Call("POST", "/length", {"a": 1})) == (200, b"hello")
        assert await connection.send(Call("GET", "/chunked")) == (201, b"hello")
        assert await connection.send(Call("GET", "/empty")) == (204, b"")
        assert await connection.send(Call("GET", "/close")) == (200, b"")
        assert await connection.send(Call("GET", "/length")) == (200, b"hello")
        assert await connection.send(Call("GET", "/broken")) == (0, b"")
        assert await connection.send(Call("GET", "/length")) == (200, b"hello")


async def test_failures_are_counted_separately(target: Target) -> None:
    calls = itertools.cycle([Call("GET", "/length"), Call("GET", "/busy")])
    result = await load(target, "token", calls, connections=2, seconds=0.2)
    assert result.per_second > 0
    assert set(result.failures) == {503}
    assert result.percentile(50) <= result.percentile(99)
    assert len((await repeat(target, "token", Call("GET", "/length"), 5)).latencies) == 5


def test_figures_are_put_between_the_marks_of_the_page(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "performance.md"  # type: ignore[operator]
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    monkeypatch.setattr(report, "PAGE", page)
    report.write(report.containers([Container("auth", 100.4, 1.53)]))
    text = page.read_text()
    assert "old" not in text
    assert "| auth | 100 | 1.5 |" in text
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")


def test_percentiles_of_no_results_are_nan() -> None:
    assert str(Result.of([]).percentile(50)) == "nan"
    assert Result.of([3.0, 1.0, 2.0]).percentile(50) == 2.0
