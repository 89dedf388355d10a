"""Follows a log file and passes its new lines to a sink, for instance one that writes to CloudWatch Logs."""

import logging
import threading
import time
from pathlib import Path

from localstack_engines.toolkit.log_shipping.log_events import LogSink

LOG = logging.getLogger(__name__)

_INTERVAL = 0.5
_CHUNK = 1024 * 1024


class LogFollower:
    """Reads what is appended to a file until it is stopped. The file may not exist yet, and may be truncated."""

    def __init__(self, file: Path, send: LogSink) -> None:
        self._file = file
        self._send = send
        self._offset = 0
        self._rest = b""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=f"follow-{file.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Sends what has been written so far and ends."""
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
