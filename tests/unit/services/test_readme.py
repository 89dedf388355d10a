"""The blocks of `services/README.md` are the code they show, and its example service runs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.common.settings import ServiceSettings
from services.contracts.roles import Role
from tests.support.application import running
from tests.support.issuer import ISSUER, TestIssuer
from tests.support.services_readme import EXAMPLE, README, ROOT, Block, blocks, example_service, with_table

ELSEWHERE = {
    "WAITING = (": "from services.contracts.roles import Scope\nfrom services.contracts.routes import Route\n",
    "WAITING = Service": "from cdk_app.catalogue import Service\n",
}
"""The beginning of blocks that belong to another file, and the imports that this file has."""


def _name(block: Block) -> str:
    return block.path or block.code.splitlines()[0]


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Any]:
    """The example service's `main` module, made of the page's blocks."""
    with example_service(tmp_path) as main:
        yield main


@pytest.mark.parametrize("block", [b for b in blocks() if b.path and not b.is_example], ids=_name)
def test_a_block_from_the_code_is_as_in_the_code(block: Block) -> None:
    assert block.path is not None
    source = (ROOT / block.path).read_text(encoding="utf-8")
    code = block.code.rstrip("\n")
    assert code in source or textwrap.indent(code, "    ") in source


@pytest.mark.parametrize("block", [b for b in blocks() if b.path is None], ids=_name)
def test_a_block_for_another_file_runs_there(block: Block) -> None:
    [imports] = [text for begin, text in ELSEWHERE.items() if block.code.startswith(begin)]
    exec(imports + block.code, {})


def test_the_example_has_the_modules_of_the_floor_plan() -> None:
    plan = README.read_text(encoding="utf-8").split("## Floor plan")[1]
    for block in blocks():
        if block.is_example:
            assert block.path is not None
            module = block.path.removeprefix(EXAMPLE)
            assert module == "__init__.py" or f"| `{module.split('/')[0]}" in plan


async def test_the_example_runs(example: Any) -> None:
    issuer = TestIssuer()
    settings: ServiceSettings = example.app.state.definition.settings(
        service_name="waiting",
        kafka_bootstrap_servers="127.0.0.1:1",
        database_host="127.0.0.1",
        database_port=1,
        jwt_issuer=ISSUER,
    )
    async with running(example.app, settings, issuer=issuer) as client:
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/api/waiting")).status_code == 401
        body = {"patient_id": "no id"}
        assert (await client.post("/api/waiting", json=body, headers=issuer.bearer(Role.STAFF))).status_code == 422
    assert set(example.app.openapi()["paths"]["/api/waiting"]) == {"get", "post"}
    assert [topic.name for topic in example.app.state.definition.consumers.topics] == ["pms.patient.v1"]


def test_the_table_of_common_is_current() -> None:
    page = README.read_text(encoding="utf-8")
    assert with_table(page) == page, "run python -m tests.support.services_readme"
