"""Containers that the engine makes of LocalStack's own image."""

from unittest.mock import Mock

import pytest
from docker.errors import APIError

from localstack_engines.services.ecs.engine.containers import Containers
from localstack_engines.services.ecs.engine.errors import TaskFailed
from localstack_engines.services.ecs.engine.task_spec import Network


def test_a_network_that_does_not_start_leaves_no_container() -> None:
    """A host's network is tried again under the same name."""
    client = Mock()
    client.api.inspect_container.return_value = {"Image": "own"}
    client.api.create_container.return_value = {"Id": "made"}
    client.api.start.side_effect = APIError("no", explanation="Address already in use")
    network = Network(name="vpc", address="10.0.0.4", resolver="10.0.0.2", mac_address="02:42:0a:00:00:04", hosts={})
    with pytest.raises(TaskFailed, match="network of the task: Address already in use"):
        Containers(client).create_namespace("i-0", network)
    client.api.remove_container.assert_called_once_with("made", force=True, v=True)
