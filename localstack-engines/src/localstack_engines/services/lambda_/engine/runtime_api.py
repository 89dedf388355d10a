"""The Lambda Runtime API of one execution environment.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PREFIX = "/2018-06-01/runtime/"
MAXIMUM_RESPONSE = 6 * 1024 * 1024 + 100
"""The largest response of a synchronous invocation in bytes (AWS's quota, as its error message states it)."""


@dataclass(frozen=True)
class Event:
    """The event that a function is invoked with."""

    request_id: str
    function_arn: str
    trace_id: str
    body: bytes


@dataclass(frozen=True)
class Answer:
    """The answer of a function: its result, or the error document of its runtime."""

    payload: bytes
    is_error: bool


class RuntimeApi:
    """Gives a runtime its events and takes its answers, one invocation at a time.

    `on_init_error` is called with the error document of a runtime that cannot start, `on_ready` when the runtime asks
    for an event.
    """

    def __init__(self, on_init_error: Callable[[bytes], None], on_ready: Callable[[], None]) -> None:
        self.on_init_error = on_init_error
        self.on_ready = on_ready
        self._events: queue.Queue[tuple[Event, int] | None] = queue.Queue()
        self._answers: dict[str, queue.Queue[Answer]] = {}
        self._server = _Server(self)
        threading.Thread(target=self._server.serve_forever, name="lambda-runtime-api", daemon=True).start()

    @property
    def address(self) -> str:
        """Returns host and port, for AWS_LAMBDA_RUNTIME_API."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._events.put(None)
        self._server.shutdown()
        self._server.server_close()

    def submit(self, event: Event, deadline_milliseconds: int) -> queue.Queue[Answer]:
        """Queues an event. Returns a queue that will hold the answer."""
        answers: queue.Queue[Answer] = queue.Queue(maxsize=1)
        self._answers[event.request_id] = answers
        self._events.put((event, deadline_milliseconds))
        return answers

    def forget(self, request_id: str) -> None:
        """Ends an invocation: an answer that comes later is refused."""
        self._answers.pop(request_id, None)

    def next(self) -> tuple[Event, int] | None:
        """Waits for the next event. Returns it with its deadline, or None if the environment is being stopped."""
        self.on_ready()
        return self._events.get()

    def answer(self, request_id: str, answer: Answer) -> bool:
        """Passes an answer on. Returns False if no invocation waits for it."""
        answers = self._answers.pop(request_id, None)
        if answers is None:
            return False
        answers.put(answer)
        return True


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: RuntimeApi) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        if self.path != PREFIX + "invocation/next":
            self._reply(404, b"{}")
        elif (following := self.server.api.next()) is None:
            self._reply(410, b"{}")
        else:
            event, deadline = following
            headers = {
                "Lambda-Runtime-Aws-Request-Id": event.request_id,
                "Lambda-Runtime-Deadline-Ms": str(deadline),
                "Lambda-Runtime-Invoked-Function-Arn": event.function_arn,
                "Lambda-Runtime-Trace-Id": event.trace_id,
            }
            self._reply(200, event.body, headers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match self.path.removeprefix(PREFIX).split("/"):
            case ["init", "error"]:
                self.server.api.on_init_error(body)
                self._accepted()
            case ["invocation", request_id, "response"]:
                self._answered(request_id, body, is_error=False)
            case ["invocation", request_id, "error"]:
                self._answered(request_id, body, is_error=True)
            case _:
                self._reply(404, b"{}")

    def _answered(self, request_id: str, body: bytes, is_error: bool) -> None:
        too_large = len(body) > MAXIMUM_RESPONSE
        answer = Answer(_too_large(), True) if too_large else Answer(body, is_error)
        if not self.server.api.answer(request_id, answer):
            self._reply(400, b'{"errorType": "InvalidRequestID"}')
        elif too_large:
            self._reply(413, b'{"errorType": "RequestEntityTooLarge"}')
        else:
            self._accepted()

    def _accepted(self) -> None:
        self._reply(202, b'{"status": "OK"}')

    def _reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing: requests of the runtime happen all the time."""


def _too_large() -> bytes:
    message = f"Response payload size exceeded maximum allowed payload size ({MAXIMUM_RESPONSE} bytes)."
    return json.dumps({"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"}).encode()
