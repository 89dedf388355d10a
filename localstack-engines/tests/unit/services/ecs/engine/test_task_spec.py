"""Restart policies."""

from localstack_engines.services.ecs.engine.task_spec import RestartPolicy


def test_a_container_restarts_after_its_period_unless_its_exit_code_is_ignored() -> None:
    policy = RestartPolicy(60, frozenset({0}))
    assert policy.applies(61, 1)
    assert not policy.applies(59, 1)
    assert not policy.applies(61, 0)
