"""A function that passes its events on to a queue, where a test reads them."""

import json
from collections.abc import Callable
from typing import Any

from lab.functions import create_function

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


class Sink:
    """The function `name` and its queue. `read(n)` returns the next `n` events."""

    def __init__(self, aws: Callable[..., Any], name: str, **environment: str) -> None:
        self._queue, self._functions = aws("sqs"), aws("lambda")
        self.name = name
        self.url = self._queue.create_queue(QueueName=f"{name}-events")["QueueUrl"]
        variables = {"QUEUE": self.url, **environment}
        create_function(
            self._functions,
            name,
            {"app.py": SOURCE},
            Timeout=30,
            MemorySize=256,
            Environment={"Variables": variables},
        )

    def read(self, count: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while len(found) < count:
            received = self._queue.receive_message(QueueUrl=self.url, WaitTimeSeconds=20).get("Messages")
            assert received, f"only {len(found)} of {count} events came"
            for message in received:
                found.append(json.loads(message["Body"]))
                self._queue.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def delete(self) -> None:
        self._functions.delete_function(FunctionName=self.name)
        self._queue.delete_queue(QueueUrl=self.url)
