"""The properties that a configuration may set, and those that brokers get."""

import pytest

from localstack_engines.services.kafka.control.broker_properties import InvalidProperties, effective, parse


def test_parse_reads_comments_spaces_and_line_ends_as_kafka_does() -> None:
    text = "# comment\n\nauto.create.topics.enable = false\r\nnum.partitions=3\n! another comment\n"
    assert parse(text) == {"auto.create.topics.enable": "false", "num.partitions": "3"}


@pytest.mark.parametrize("text", ["listeners=PLAINTEXT://:9092", "no separator", "log.dirs=/tmp"])
def test_parse_refuses_what_msk_refuses(text: str) -> None:
    with pytest.raises(InvalidProperties):
        parse(text)


def test_replication_is_limited_to_the_brokers_that_run() -> None:
    chosen = {"min.insync.replicas": "2", "default.replication.factor": "3"}
    alone = effective(chosen, zones=3, brokers=1)
    assert (alone["min.insync.replicas"], alone["default.replication.factor"]) == ("1", "1")
    together = effective(chosen, zones=3, brokers=3)
    assert (together["min.insync.replicas"], together["default.replication.factor"]) == ("2", "3")


def test_a_configuration_overrides_the_defaults_of_msk() -> None:
    assert effective({}, zones=2, brokers=2)["auto.create.topics.enable"] == "false"
    assert effective({"auto.create.topics.enable": "true"}, zones=2, brokers=2)["auto.create.topics.enable"] == "true"


def test_properties_that_the_installed_release_lacks_are_left_out() -> None:
    assert "zookeeper.session.timeout.ms" not in effective({"zookeeper.session.timeout.ms": "1"}, zones=2, brokers=1)
