"""Directories of volumes: the script that finds or creates them, run in a directory of the test."""

import os
import subprocess
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from docker.errors import ContainerError

from localstack_engines.services.ecs.engine import directories
from localstack_engines.services.ecs.engine.errors import TaskFailed
from localstack_engines.services.ecs.engine.task_spec import Directory


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mock:
    """A Docker client whose volume is at the test's directory."""
    monkeypatch.setattr(directories, "_MOUNT", str(tmp_path))

    def run(image: str, entrypoint: list[str], **options: Any) -> None:
        if code := subprocess.run(entrypoint, check=False).returncode:
            raise ContainerError("container", code, entrypoint, image, "")

    client = Mock()
    client.containers.run.side_effect = run
    client.api.inspect_volume.return_value = {"Mountpoint": "/volumes/files"}
    return client


def test_a_directory_is_found_or_created(client: Mock, tmp_path: Path) -> None:
    (tmp_path / "it's here").mkdir()
    assert directories.prepare(client, "image", Directory("files", "/it's here")) == "/volumes/files/it's here"
    owner = (os.getuid(), os.getgid())
    assert directories.prepare(client, "image", Directory("files", "/a/b", owner, "750")) == "/volumes/files/a/b"
    assert (tmp_path / "a/b").stat().st_mode & 0o777 == 0o750
    with pytest.raises(TaskFailed, match="/absent does not exist"):
        directories.prepare(client, "image", Directory("files", "/absent"))


@pytest.mark.parametrize("mode", [None, "750"])
def test_no_link_leads_out_of_the_volume(client: Mock, tmp_path: Path, mode: str | None) -> None:
    outside = tmp_path / "outside"
    (outside / "etc").mkdir(parents=True)
    (tmp_path / "link").symlink_to(outside)
    owner = (os.getuid(), os.getgid())
    for path in ("/link", "/link/etc"):
        with pytest.raises(TaskFailed, match="a link"):
            directories.prepare(client, "image", Directory("files", path, owner, mode))
