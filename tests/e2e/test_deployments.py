"""Deploying again: rolling updates under load that fail no request, and the rollback of an image that crashes."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from ops import aws, settings
from ops.lifecycle import checkout
from tests.e2e.background_reads import BackgroundReads
from tests.support.people import Person, administrator

MAIN = "services/patient/main.py"


def deployed_image(service: str) -> str:
    ecs = aws.client("ecs")
    definition = ecs.describe_services(cluster=settings.CLUSTER, services=[service])["services"][0]["taskDefinition"]
    return str(
        ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]["containerDefinitions"][0]["image"]
    )


def images() -> dict[str, str]:
    return {name: deployed_image(name) for name in ("auth", "patient")}


def up(sources: Path) -> subprocess.CompletedProcess[str]:
    """Runs `make up` in that checkout, inside the lock that `make test` holds."""
    command = [str(settings.VENV_BIN / "python"), "-m", "ops", "up"]
    return subprocess.run(command, cwd=sources, env=dict(os.environ), capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout.copy(tmp_path_factory.mktemp("checkout"))


@pytest.mark.timeout(600)
def test_changes_are_rolled_out_under_load(sources: Path) -> None:
    """The second, third and fourth deployment; the last one restores the first image."""
    before = images()
    original = (sources / MAIN).read_text()
    with administrator() as admin, BackgroundReads(admin.token) as reads:
        for number, text in enumerate((original + "\n# changed once\n", original + "\n# changed twice\n", original)):
            (sources / MAIN).write_text(text)
            began = time.monotonic()
            done = up(sources)
            assert done.returncode == 0, done.stdout + done.stderr
            print(f"deployment {number + 2}: {time.monotonic() - began:.1f} s")
            after = images()
            assert after["auth"] == before["auth"], "auth's image changed though only patient's sources did"
            assert (after["patient"] == before["patient"]) == (text == original)
    assert reads.answers > 200
    assert reads.failures == []


@pytest.mark.timeout(600)
def test_an_image_that_crashes_is_rolled_back_and_explained(sources: Path, staff: Person) -> None:
    before = deployed_image("patient")
    original = (sources / MAIN).read_text()
    (sources / MAIN).write_text('raise SystemExit("the seeded bug: this image cannot start")\n')
    try:
        done = up(sources)
    finally:
        (sources / MAIN).write_text(original)
    assert done.returncode != 0
    output = done.stdout + done.stderr
    assert "the seeded bug: this image cannot start" in output
    assert f"{settings.PREFIX}-services" in output
    assert deployed_image("patient") == before
    assert staff.http.get("/api/patients").status_code == 200
    # The next deployment succeeds, and the stacks are complete again.
    again = up(sources)
    assert again.returncode == 0, again.stdout + again.stderr
