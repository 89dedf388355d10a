"""Container definitions as Docker's configuration."""

from localstack_engines.services.ecs.control.container_spec_factory import health_check, host_options


def test_health_checks_have_aws_defaults_and_lose_their_marker() -> None:
    check = health_check({"command": ["CMD-SHELL", "curl -f localhost || exit 1"]})
    assert check is not None
    assert check.command == ["/bin/sh", "-c", "curl -f localhost || exit 1"]
    assert (check.interval, check.timeout, check.retries, check.start_period) == (30, 5, 3, 0)
    direct = health_check({"command": ["CMD", "healthcheck", "-v"], "interval": 5})
    assert direct is not None
    assert direct.command == ["healthcheck", "-v"]
    assert health_check({"command": ["NONE"]}) is None


def test_limits_come_from_override_container_and_task_in_this_order() -> None:
    task = {"memory": "512", "cpu": "256"}
    assert host_options({}, task, {}, {}) == {"mem_limit": "512m", "cpu_shares": 256}
    assert host_options({"memory": 128}, task, {"memory": 64}, {})["mem_limit"] == "64m"
    tmpfs = {"linuxParameters": {"tmpfs": [{"containerPath": "/x", "size": 8, "mountOptions": ["noexec"]}]}}
    assert host_options(tmpfs, task, {}, {})["tmpfs"] == {"/x": "size=8m,noexec"}
