"""The versions of Apache Kafka that a cluster may ask for. All of them run on the installed release.

A version that is asked for is recorded and described as asked. Clients of all versions since 2.1 can talk to Kafka 4
(https://cwiki.apache.org/confluence/display/KAFKA/KIP-896%3A+Remove+old+client+protocol+API+versions+in+Kafka+4.0).

Source of the list: https://docs.aws.amazon.com/msk/latest/developerguide/supported-kafka-versions.html
"""

import re
from functools import lru_cache

from localstack_engines.services.kafka.engine.storage import kafka_home

_KRAFT = ".kraft"
_OLDER = (
    "1.1.1 2.2.1 2.3.1 2.4.1 2.4.1.1 2.5.1 2.6.0 2.6.1 2.6.2 2.6.3 2.7.0 2.7.1 2.7.2 2.8.0 2.8.1 2.8.2.tiered 3.1.1 "
    "3.2.0 3.3.1 3.3.2 3.4.0 3.5.1 3.6.0 3.7.x 3.7.x.kraft 3.8.x 3.8.x.kraft 3.9.x 3.9.x.kraft 4.0.x.kraft"
).split()


@lru_cache(maxsize=1)
def installed() -> str:
    """Returns the installed release, for example `4.1.1`."""
    for jar in kafka_home().glob("libs/kafka-server-4*.jar"):
        if found := re.fullmatch(r"kafka-server-(\d+\.\d+\.\d+)\.jar", jar.name):
            return found[1]
    raise RuntimeError(f"no Kafka found in {kafka_home() / 'libs'}")


def available() -> list[str]:
    """Returns the versions that a cluster can have, oldest first. MSK names newer ones by their first two numbers."""
    own = f"{_installed_release()}.x{_KRAFT}"
    return [*_OLDER, *([own] if own not in _OLDER else [])]


def targets(source: str) -> list[str]:
    """Returns the versions to which a cluster of the version `source` can be upgraded.

    MSK does not change the mode of a cluster: one with ZooKeeper does not become one with KRaft.
    """
    return [one for one in available() if _order(one) > _order(source) and _uses_kraft(one) == _uses_kraft(source)]


def substitute(version: str) -> str | None:
    """Returns a sentence that says what runs instead of another release than the installed one, or None."""
    if version == f"{_installed_release()}.x{_KRAFT}":
        return None
    return f"Kafka {version} runs on Apache Kafka {installed()} in KRaft mode locally."


def _installed_release() -> str:
    return installed().rpartition(".")[0]


def _uses_kraft(version: str) -> bool:
    return version.endswith(_KRAFT)


def _order(version: str) -> tuple[int, ...]:
    """Returns a sort key that puts 3.9 before 3.10."""
    return tuple(int(part) for part in re.findall(r"\d+", version))
