"""Parts of Kafka records that no client of Python writes, but that others may."""

from __future__ import annotations


class NotUtf8:
    """A header's name that is not UTF-8, for aiokafka's encoder in Python."""

    def encode(self, *_: str) -> bytes:
        """Stands for `str.encode`."""
        return b"\xff\xfe"
