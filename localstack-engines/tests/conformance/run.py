"""Probes all services at once, and compares what it finds with the baseline."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.session import Session

from conformance.probes import ABSENT, REFUSED, WORKS, Finding, probe
from conformance.services import WORLDS
from lab.localstack import client

ROOT = Path(__file__).resolve().parents[2]
BASELINE = Path(__file__).with_name("baseline.json")
Findings = dict[str, dict[str, Finding]]
_RANKS = {ABSENT: 0, REFUSED: 0, WORKS: 2}


def find() -> Findings:
    """Probes every operation of every service."""
    # Before the threads: CPython 3.11 parses source in one thread at a time only (python/cpython#106905).
    implemented = [_implemented(service) for service in WORLDS]
    with ThreadPoolExecutor(len(WORLDS)) as pool:
        return dict(zip(WORLDS, pool.map(_find_in, WORLDS, implemented), strict=True))


def _find_in(service: str, implemented: set[str]) -> dict[str, Finding]:
    model = Session().get_service_model(service)
    sending = client(service, config=Config(parameter_validation=False, inject_host_prefix=False, read_timeout=30))
    world = WORLDS[service](implemented)
    found: dict[str, Finding] = {}
    try:
        for operation in world.ordered(list(model.operation_names)):
            found[operation] = probe(sending, model, operation, world)
    finally:
        world.close(world)
    return dict(sorted(found.items()))


def _implemented(service: str) -> set[str]:
    """Returns the operations that the service's tables call its own or moto's."""
    sys.path.insert(0, str(ROOT / "scripts"))
    import support

    return {*support.own_operations(service), *support.table(service).moto}


def read() -> Findings:
    """Returns the baseline."""
    stored: dict[str, dict[str, Any]] = json.loads(BASELINE.read_text())
    return {
        service: {name: Finding(**found) for name, found in operations.items()}
        for service, operations in stored.items()
    }


def write(findings: Findings) -> None:
    """Makes these findings the baseline."""
    plain = {service: {name: asdict(found) for name, found in one.items()} for service, one in findings.items()}
    BASELINE.write_text(json.dumps(plain, indent=1, sort_keys=True) + "\n")


def worse(baseline: Findings, now: Findings) -> list[str]:
    """Returns what is worse than the baseline: results of a lower rank, and new problems."""
    found = []
    for service, operations in baseline.items():
        for name, before in operations.items():
            after = now[service].get(name)
            if after is None or _RANKS.get(after.result, 1) < _RANKS.get(before.result, 1):
                found.append(f"{service} {name}: {before.result} -> {after.result if after else 'gone'}")
            else:
                found += [f"{service} {name}: {one}" for one in after.problems if one not in before.problems]
    for service, operations in now.items():
        for name in operations.keys() - baseline[service].keys():
            found += [f"{service} {name}: {problem}" for problem in operations[name].problems]
    return sorted(found)


def better(baseline: Findings, now: Findings) -> list[str]:
    """Returns what is better than the baseline, in its former state."""
    return worse(now, baseline)
