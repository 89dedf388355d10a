"""Which Apache Kafka release is installed, under the names that MSK has for it."""

import re
from functools import lru_cache

from localstack_engines.services.kafka.engine.storage import kafka_home


@lru_cache(maxsize=1)
def installed() -> str:
    """The release, ``4.1.1`` for instance."""
    for jar in kafka_home().glob("libs/kafka-server-4*.jar"):
        if found := re.fullmatch(r"kafka-server-(\d+\.\d+\.\d+)\.jar", jar.name):
            return found[1]
    raise RuntimeError(f"no Kafka found in {kafka_home() / 'libs'}")


def available() -> list[str]:
    """The versions a cluster can ask for. MSK names a line of releases by its first two numbers."""
    line = installed().rpartition(".")[0]
    return [f"{line}.x.kraft", f"{line}.x"]
