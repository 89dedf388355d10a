"""Containers that the engine makes of LocalStack's own image."""

from collections.abc import Callable
from unittest.mock import Mock

import pytest
from docker.errors import APIError

from localstack_engines.services.ecs.engine.containers import Containers
from localstack_engines.services.ecs.engine.errors import TaskFailed
from localstack_engines.services.ecs.engine.task_spec import Network


def docker() -> Mock:
    client = Mock()
    client.api.inspect_container.return_value = {"Image": "own"}
    client.api.create_container.return_value = {"Id": "made"}
    return client


def network(prepare: Callable[[str], None] | None = None) -> Network:
    return Network("vpc", "10.0.0.4", "10.0.0.2", "02:42:0a:00:00:04", prepare=prepare)


def test_a_network_that_does_not_start_leaves_no_container() -> None:
    """A host's network is tried again under the same name."""
    client = docker()
    client.api.start.side_effect = APIError("no", explanation="Address already in use")
    with pytest.raises(TaskFailed, match="network of the task: Address already in use"):
        Containers(client).create_namespace("i-0", network())
    client.api.remove_container.assert_called_once_with("made", force=True, v=True)


def test_a_network_is_prepared_before_others_join() -> None:
    prepare = Mock()
    assert Containers(docker()).create_namespace("i-0", network(prepare)) == "made"
    prepare.assert_called_once_with("made")


def test_a_network_that_cannot_be_prepared_leaves_no_container() -> None:
    client = docker()
    with pytest.raises(TaskFailed, match="network of the task: refused"):
        Containers(client).create_namespace("i-0", network(Mock(side_effect=RuntimeError("refused"))))
    client.api.remove_container.assert_called_once_with("made", force=True, v=True)
