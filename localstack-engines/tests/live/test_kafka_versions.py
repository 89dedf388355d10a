"""MSK: older versions run on the installed Kafka, are described as asked, and are upgraded on record."""

from typing import Any

from live.test_kafka import active, bootstrap, broker_setting, delete, kafka, new_name, request, subnets

from lab.errors import refused

__all__ = ["kafka", "subnets"]


def test_an_older_version_is_described_as_asked_and_upgraded(kafka: Any, subnets: list[str]) -> None:
    made = kafka.create_cluster(ClusterName=new_name(), **request(subnets, KafkaVersion="3.6.0"))
    arn = made["ClusterArn"]
    found = active(kafka, arn)
    assert found["Provisioned"]["CurrentBrokerSoftwareInfo"]["KafkaVersion"] == "3.6.0"
    assert "Kafka 3.6.0 runs on Apache Kafka 4.1." in found["StateInfo"]["Message"]
    [compatible] = kafka.get_compatible_kafka_versions(ClusterArn=arn)["CompatibleKafkaVersions"]
    # A cluster with ZooKeeper does not become one with KRaft.
    assert compatible == {"SourceVersion": "3.6.0", "TargetVersions": ["3.7.x", "3.8.x", "3.9.x"]}
    # Properties of older releases are accepted, as on AWS, and those that Kafka 4 lacks have no effect.
    properties = b"num.partitions=3\nlog.message.format.version=2.8\nzookeeper.session.timeout.ms=18000\n"
    configuration = kafka.create_configuration(
        Name=new_name(), KafkaVersions=["3.6.0", "3.8.x"], ServerProperties=properties
    )
    change = {"ClusterArn": arn, "CurrentVersion": found["CurrentVersion"]}
    for version, message in (("3.5.1", "upgraded"), ("3.9.x.kraft", "upgraded"), ("9.9.9", "Unsupported")):
        refused(
            kafka.update_cluster_kafka_version, "BadRequestException", message, **change, TargetKafkaVersion=version
        )
    started = kafka.update_cluster_kafka_version(
        **change, TargetKafkaVersion="3.8.x", ConfigurationInfo={"Arn": configuration["Arn"], "Revision": 1}
    )
    updated = active(kafka, arn)
    software = updated["Provisioned"]["CurrentBrokerSoftwareInfo"]
    assert (software["KafkaVersion"], software["ConfigurationRevision"]) == ("3.8.x", 1)
    assert broker_setting(bootstrap(kafka, updated), "num.partitions") == "3"
    operation = kafka.describe_cluster_operation(ClusterOperationArn=started["ClusterOperationArn"])
    info = operation["ClusterOperationInfo"]
    assert (info["OperationType"], info["OperationState"]) == ("UPDATE_CLUSTER_KAFKA_VERSION", "UPDATE_COMPLETE")
    assert info["TargetClusterInfo"]["KafkaVersion"] == "3.8.x"
    delete(kafka, arn)
    kafka.delete_configuration(Arn=configuration["Arn"])
