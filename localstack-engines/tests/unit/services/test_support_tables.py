"""The tables of what each service does with its API name what botocore's model has, and nothing is left out.

An operation or member that a newer model adds is refused by the dispatch, and appears in docs/support.md or
docs/members.md, whose tables are those of the code (`tests/unit/test_pages.py`).
"""

import ast
import importlib.util
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from botocore import xform_name
from botocore.session import Session

from localstack_engines.toolkit.support import UNDECIDED, Support, input_structures

ROOT = Path(__file__).resolve().parents[3]


def script() -> ModuleType:
    """Returns scripts/support.py as a module."""
    spec = importlib.util.spec_from_file_location("support_script", ROOT / "scripts" / "support.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SCRIPT = script()
SERVICES = list(SCRIPT.TITLES)
MODELS = {service: Session().get_service_model(service) for service in SERVICES}


def table(service: str) -> Support:
    return SCRIPT.table(service)


def own(service: str) -> list[str]:
    return list(SCRIPT.own_operations(service))


@cache
def source_names(service: str) -> set[str]:
    """Returns the strings and keyword names in a service's code, in lower case without underscores."""
    package = ROOT / "src" / "localstack_engines" / "services" / SCRIPT.package_of(service)
    files = [file for file in package.rglob("*.py") if file.name != "support.py" and "cloudformation" not in file.parts]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text()))]
    found = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    found |= {node.arg for node in nodes if isinstance(node, ast.keyword) and node.arg}
    found |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return {plain(name) for name in found}


def plain(name: str) -> str:
    return name.replace("_", "").lower()


@pytest.mark.parametrize("service", SERVICES)
def test_every_structure_of_an_own_operations_request_is_in_the_table(service: str) -> None:
    # What is inside a member that is refused or ignored needs no entry.
    structures = SCRIPT.honoured_structures(service)
    missing = [
        f'"{name}": Members("{" ".join(shape.members)}"),'
        for name, shape in structures.items()
        if shape.members and name not in table(service).members
    ]
    assert missing == [], "add these to the service's support.py, with what becomes of each member"


@pytest.mark.parametrize("service", SERVICES)
def test_the_table_names_what_the_model_has_and_each_member_once(service: str) -> None:
    structures = input_structures(MODELS[service], own(service))
    wrong = [name for name in table(service).members if name not in structures]
    for name, members in table(service).members.items():
        known = structures[name].members if name in structures else {}
        wrong += [f"{name}.{member}" for member in members.names() if member not in known]
        wrong += [f"{name}.{member} twice" for member, count in Counter(members.names()).items() if count > 1]
    assert wrong == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_code_names_every_member_that_the_table_calls_used(service: str) -> None:
    names = source_names(service)
    unread = [
        f"{structure}.{member}"
        for structure, members in table(service).members.items()
        for member in members.used.split()
        if plain(member) not in names
    ]
    assert unread == []


@pytest.mark.parametrize("service", SERVICES)
def test_lists_of_operations_name_operations_that_are_not_the_plugins_own(service: str) -> None:
    methods = {xform_name(name) for name in own(service)}
    listed = [*table(service).moto, *table(service).refused]
    assert [name for name in listed if name not in MODELS[service].operation_names] == []
    assert [name for name in listed if xform_name(name) in methods] == []
    assert [name for name, count in Counter(listed).items() if count > 1] == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_member_is_dropped_without_a_reason(service: str) -> None:
    ignored = [
        (name, member)
        for name, members in table(service).members.items()
        for member, reason in members.ignored.items()
        if reason == UNDECIDED or not reason
    ]
    assert ignored == []
