"""Queues where tests read the events of functions."""

import json
import time
from collections.abc import Callable
from typing import Any

from lab.functions import create_function
from lab.waiting import SECONDS

# Fails the first time with an event that has the mark in it.
SOURCE = """
import json, os, boto3
queue = boto3.client("sqs")
failed = False
def handler(event, context):
    global failed
    text = json.dumps(event)
    queue.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=text)
    if os.environ.get("MARK") and os.environ["MARK"] in text and not failed:
        failed = True
        raise ValueError("marked")
"""


class EventQueue:
    """A queue of events. `read(n)` returns the next `n`."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self.url = str(client.create_queue(QueueName=name)["QueueUrl"])

    def read(self, count: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        deadline = time.monotonic() + SECONDS
        while len(found) < count:
            received = self._client.receive_message(QueueUrl=self.url, WaitTimeSeconds=20).get("Messages", [])
            assert received or time.monotonic() < deadline, f"only {len(found)} of {count} events came: {found}"
            for message in received:
                found.append(json.loads(message["Body"]))
                self._client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def delete(self) -> None:
        self._client.delete_queue(QueueUrl=self.url)


class Sink:
    """The function `name`, which passes its events on to a queue."""

    def __init__(self, aws: Callable[..., Any], name: str, **environment: str) -> None:
        self._functions = aws("lambda")
        self._events = EventQueue(aws("sqs"), f"{name}-events")
        self.name = name
        self.read = self._events.read
        variables = {"QUEUE": self._events.url, **environment}
        options = {"Timeout": 30, "MemorySize": 256, "Environment": {"Variables": variables}}
        create_function(self._functions, name, {"app.py": SOURCE}, **options)

    def delete(self) -> None:
        self._functions.delete_function(FunctionName=self.name)
        self._events.delete()
