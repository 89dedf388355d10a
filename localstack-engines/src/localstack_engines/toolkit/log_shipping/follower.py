"""Follows a log file and hands its new lines on, to CloudWatch for instance."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

LOG = logging.getLogger(__name__)

_INTERVAL = 0.5
_CHUNK = 1024 * 1024

Send = Callable[[list[tuple[int, str]]], None]
"""Takes (time in milliseconds since the epoch, line) pairs."""


class LogFollower:
    """Reads what is appended to a file, also one that does not exist yet or is truncated, until stopped."""

    def __init__(self, file: Path, send: Send) -> None:
        self._file = file
        self._send = send
        self._offset = 0
        self._rest = b""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=f"follow-{file.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Send what has been written so far, and end."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _follow(self) -> None:
        stopped = False
        while not stopped:
            stopped = self._stopping.wait(_INTERVAL)
            try:
                while lines := self._read():
                    now = int(time.time() * 1000)
                    self._send([(now, line) for line in lines])
            except Exception as error:
                # Lines that cannot be delivered must not end the delivery of later ones.
                LOG.warning("cannot deliver lines of %s: %s", self._file, error)

    def _read(self) -> list[str]:
        try:
            if self._file.stat().st_size < self._offset:
                self._offset, self._rest = 0, b""
            with self._file.open("rb") as stream:
                stream.seek(self._offset)
                data = stream.read(_CHUNK)
        except FileNotFoundError:
            return []
        self._offset += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [line.decode(errors="replace").rstrip("\r") for line in lines]
