"""The HTTP client of the load generator."""

from ops.load.http import Call, Connection, Target


async def test_answers_of_every_form(target: Target) -> None:
    async with Connection(target, "token") as connection:
        assert await connection.send(Call("POST", "/length", {"a": 1})) == (200, b"hello")
        assert await connection.send(Call("GET", "/chunked")) == (201, b"hello")
        assert await connection.send(Call("GET", "/empty")) == (204, b"")
        assert await connection.send(Call("GET", "/close")) == (200, b"")
        assert await connection.send(Call("GET", "/length")) == (200, b"hello")
        assert await connection.send(Call("GET", "/broken")) == (0, b"")
        assert await connection.send(Call("GET", "/length")) == (200, b"hello")
