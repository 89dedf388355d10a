"""Deploying again: a rolling update that no request notices, as often as one likes, and back from a broken image."""

import time
from pathlib import Path

import pytest

from ops import aws, settings
from tests.e2e import checkout
from tests.e2e.background_reads import Load
from tests.people import Person, administrator

MAIN = "services/patient/main.py"


def deployed_image(service: str) -> str:
    ecs = aws.client("ecs")
    definition = ecs.describe_services(cluster=settings.CLUSTER, services=[service])["services"][0]["taskDefinition"]
    return str(
        ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]["containerDefinitions"][0]["image"]
    )


def images() -> dict[str, str]:
    return {name: deployed_image(name) for name in ("auth", "patient")}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout.copy(tmp_path_factory.mktemp("checkout"))


@pytest.mark.timeout(600)
def test_a_changed_line_is_rolled_out_under_load_again_and_again(sources: Path) -> None:
    """The second, third and fourth deployment; the last one goes back to what ran before."""
    before = images()
    original = (sources / MAIN).read_text()
    with administrator() as admin, Load(admin.token) as load:
        for number, text in enumerate((original + "\n# changed once\n", original + "\n# changed twice\n", original)):
            (sources / MAIN).write_text(text)
            began = time.monotonic()
            done = checkout.up(sources)
            assert done.returncode == 0, done.stdout + done.stderr
            print(f"deployment {number + 2}: {time.monotonic() - began:.1f} s")
            after = images()
            assert after["auth"] == before["auth"], "auth's image changed though only patient's sources did"
            assert (after["patient"] == before["patient"]) == (text == original)
    assert load.answers > 200
    assert load.failures == []


@pytest.mark.timeout(600)
def test_an_image_that_crashes_is_rolled_back_and_explained(sources: Path, staff: Person) -> None:
    before = deployed_image("patient")
    original = (sources / MAIN).read_text()
    (sources / MAIN).write_text('raise SystemExit("the seeded bug: this image cannot start")\n')
    try:
        done = checkout.up(sources)
    finally:
        (sources / MAIN).write_text(original)
    assert done.returncode != 0
    told = done.stdout + done.stderr
    assert "the seeded bug: this image cannot start" in told
    assert "pms-services" in told
    assert deployed_image("patient") == before
    assert staff.http.get("/api/patients").status_code == 200
    # What is deployed is again what this checkout holds, and the stacks say so.
    again = checkout.up(sources)
    assert again.returncode == 0, again.stdout + again.stderr
