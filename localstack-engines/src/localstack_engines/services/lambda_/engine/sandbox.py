"""One Lambda execution environment: a process, its Runtime API, its limits and its log.

Phases, error types and log lines are those of AWS.
Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import itertools
import json
import math
import queue
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from localstack_engines.services.lambda_.engine import literal_paths, runtimes
from localstack_engines.services.lambda_.engine.runtime_api import Answer, Event, RuntimeApi
from localstack_engines.services.lambda_.engine.runtime_process import RuntimeProcess

INIT_SECONDS = 10.0
"""How long the init phase may take. The rest of a longer one counts against the first invocation."""

CHECK_SECONDS = 0.05
"""The interval at which a running invocation's memory, time and process are checked."""

_users = itertools.count()


@dataclass(frozen=True)
class Function:
    """The function to run. `timeout` is in seconds, `memory` in megabytes."""

    runtime: str
    handler: str
    version: str
    timeout: float
    memory: int
    code: Path
    layers: Path
    environment: dict[str, str]


@dataclass(frozen=True)
class Result:
    """The result of an invocation, with its log lines."""

    payload: bytes
    is_error: bool
    logs: str


class Sandbox:
    """Runs a function's invocations one after another in the same process."""

    def __init__(self, function: Function, directory: Path) -> None:
        self._function = function
        self._directory = directory
        self._process: RuntimeProcess | None = None
        self._api: RuntimeApi | None = None
        self._settled = threading.Event()
        self._init_error: bytes | None = None
        self._init_milliseconds: float | None = None
        # With a user of its own, an environment cannot read the files and variables of others.
        self._user = 30000 + next(_users) % 10000
        self._notes = _notes(function)

    def start(self) -> None:
        """Starts the process. Waits until it asks for an event or fails, at most 10 seconds."""
        self._settled.clear()
        self._init_error = None
        started = time.monotonic()
        self._api = RuntimeApi(on_init_error=self._failed_to_start, on_ready=self._settled.set)
        function = self._function
        self._process = RuntimeProcess(
            launch=runtimes.launch(
                function.runtime,
                function.handler,
                function.memory,
                function.code,
                function.layers,
                function.environment,
            ),
            code=function.code,
            environment={**function.environment, "AWS_LAMBDA_RUNTIME_API": self._api.address},
            directory=self._directory,
            user=self._user,
        )
        while not self._settled.wait(CHECK_SECONDS):
            if not self._process.is_alive() or time.monotonic() - started > INIT_SECONDS:
                break
        self._init_milliseconds = (time.monotonic() - started) * 1000

    def stop(self) -> None:
        """Ends the process and removes its files."""
        self._end()
        shutil.rmtree(self._directory, ignore_errors=True)
        literal_paths.remove_temporary_files(self._user)

    def unread_logs(self) -> str:
        return self._process.read_log() if self._process else ""

    def invoke(self, event: Event) -> Result:
        """Runs one invocation. If the process has ended, a new one is started first."""
        if self._process is None:
            self.start()
        assert self._process
        started = time.monotonic()
        answer = self._init_failure(event) or self._run(event, started)
        milliseconds = (time.monotonic() - started) * 1000
        memory = self._process.peak_memory()
        logs = self._report(event, milliseconds, memory, self._process.read_log())
        if not self._process.is_alive() or self._init_error is not None:
            self._end()
        return Result(answer.payload, answer.is_error, logs)

    def _run(self, event: Event, started: float) -> Answer:
        assert self._process
        assert self._api
        deadline = time.time() + self._function.timeout
        answers = self._api.submit(event, int(deadline * 1000))
        try:
            while True:
                try:
                    return answers.get(timeout=CHECK_SECONDS)
                except queue.Empty:
                    pass
                if failure := self._init_failure(event) or self._failure(event, time.monotonic() - started):
                    self._process.kill()
                    return failure
        finally:
            self._api.forget(event.request_id)

    def _failure(self, event: Event, seconds: float) -> Answer | None:
        assert self._process
        if seconds >= self._function.timeout:
            return _error(event, "Sandbox.Timedout", f"Task timed out after {self._function.timeout:.2f} seconds")
        if self._process.memory() > self._function.memory * 1024 * 1024:
            return _error(event, "Runtime.ExitError", "Runtime exited with error: signal: killed")
        if (cause := self._process.exit_cause()) is not None:
            return _error(event, "Runtime.ExitError", f"Runtime exited {cause}")
        return None

    def _init_failure(self, event: Event) -> Answer | None:
        if self._init_error is None:
            return None
        document = json.loads(self._init_error)
        return Answer(json.dumps({**document, "requestId": event.request_id}).encode(), True)

    def _failed_to_start(self, error: bytes) -> None:
        self._init_error = error
        self._settled.set()

    def _end(self) -> None:
        if self._process:
            self._process.stop()
            self._process = None
        if self._api:
            self._api.stop()
            self._api = None

    def _report(self, event: Event, milliseconds: float, memory: int, output: str) -> str:
        function, request = self._function, f"RequestId: {event.request_id}"
        fields = [
            f"REPORT {request}",
            f"Duration: {milliseconds:.2f} ms",
            f"Billed Duration: {math.ceil(milliseconds)} ms",
            f"Memory Size: {function.memory} MB",
            f"Max Memory Used: {math.ceil(memory / 1024 / 1024)} MB",
        ]
        first = ""
        if self._init_milliseconds is not None:
            first = "".join(f"INIT_START {note}\n" for note in self._notes)
            fields.append(f"Init Duration: {self._init_milliseconds:.2f} ms")
            self._init_milliseconds = None
        if output and not output.endswith("\n"):
            output += "\n"
        report = "\t".join(fields)
        return f"{first}START {request} Version: {function.version}\n{output}END {request}\n{report}\t\n"


def _notes(function: Function) -> list[str]:
    """Returns sentences for the log on what is not as the function expects."""
    taken = literal_paths.link_layers(function.layers)
    notes = [f"/opt/{name} is of another function's layers, and this one's are in {function.layers}" for name in taken]
    substitution = runtimes.substitution(function.runtime)
    return [substitution, *notes] if substitution else notes


def _error(event: Event, kind: str, message: str) -> Answer:
    text = f"RequestId: {event.request_id} Error: {message}"
    return Answer(json.dumps({"errorType": kind, "errorMessage": text}).encode(), True)
