"""What user data says to the ECS agent."""

from localstack_engines.services.ecs.control.user_data import attributes_of, cluster_of


def test_the_cluster_of_scripts() -> None:
    assert cluster_of("#!/bin/bash\necho ECS_CLUSTER=prod >> /etc/ecs/ecs.config\nsudo iptables -A x") == "prod"
    assert cluster_of("cat <<E > /etc/ecs/ecs.config\nECS_CLUSTER='my-cluster'\nECS_LOGLEVEL=info\nE") == "my-cluster"
    assert cluster_of("# ECS_CLUSTER=old\necho hello") is None
    assert cluster_of("") is None


def test_the_cluster_of_bottlerocket() -> None:
    assert cluster_of('[settings.host]\ncluster = "x"\n[settings.ecs]\nlogging = true\ncluster = "prod"\n') == "prod"
    assert cluster_of('[settings.host]\ncluster = "x"\n') is None


def test_attributes() -> None:
    assert attributes_of('ECS_INSTANCE_ATTRIBUTES={"stack":"prod","n":1}') == {"stack": "prod", "n": "1"}
    assert attributes_of("""echo 'ECS_INSTANCE_ATTRIBUTES={"a": "b"}' >> /etc/ecs/ecs.config""") == {"a": "b"}
    assert attributes_of("ECS_INSTANCE_ATTRIBUTES={broken}") == {}
    assert attributes_of("ECS_CLUSTER=c") == {}
