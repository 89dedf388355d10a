"""The version of Apache Kafka that is installed, under MSK's names for it."""

import re
from functools import lru_cache

from localstack_engines.services.kafka.engine.storage import kafka_home


@lru_cache(maxsize=1)
def installed() -> str:
    """Returns the installed release, for example `4.1.1`."""
    for jar in kafka_home().glob("libs/kafka-server-4*.jar"):
        if found := re.fullmatch(r"kafka-server-(\d+\.\d+\.\d+)\.jar", jar.name):
            return found[1]
    raise RuntimeError(f"no Kafka found in {kafka_home() / 'libs'}")


def available() -> list[str]:
    """Returns the versions that a cluster can have. MSK names releases by their first two numbers."""
    major_minor = installed().rpartition(".")[0]
    return [f"{major_minor}.x.kraft", f"{major_minor}.x"]
