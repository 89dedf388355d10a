"""The hash of an asset depends on its own inputs only, so that a change elsewhere rolls no task."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, IgnoreMode, Stack
from aws_cdk.aws_ecr_assets import DockerImageAsset
from aws_cdk.aws_s3_assets import Asset

from cdk_app.assets import function_excludes, image_excludes
from cdk_app.catalogue import SERVICES

SERVICE = "patient"
INPUTS = (
    # It decides which files Docker receives, so Docker and CDK count it as an input of every image.
    ".dockerignore",
    "services/__init__.py",
    "services/Dockerfile",
    "services/requirements.txt",
    "services/common/web/__init__.py",
    "services/contracts/events/base.py",
    "services/patient/main.py",
    "services/patient/migrations/versions/0001.py",
)
OTHERS = (
    "README.md",
    "cdk_app/config.py",
    "localstack-engines/src/localstack_engines/services/ecs/provider.py",
    "services/README.md",
    "services/auth/main.py",
    "services/discovery/main.py",
    "services/patient/__pycache__/main.cpython-313.pyc",
    "services/requirements.in",
    "tests/unit/test_patient.py",
)

Hash = Callable[[Path], str]


def _image_asset(app: App, root: Path) -> DockerImageAsset:
    return DockerImageAsset(
        Stack(app, "stack"),
        "image",
        directory=str(root),
        file="services/Dockerfile",
        exclude=image_excludes(SERVICE),
    )


def _image_hash(root: Path) -> str:
    return _image_asset(App(outdir=str(root.parent / f"{root.name}-out")), root).asset_hash


def _function_hash(root: Path) -> str:
    stack = Stack(App(outdir=str(root.parent / f"{root.name}-out")), "stack")
    return Asset(stack, "code", path=str(root), exclude=function_excludes(), ignore_mode=IgnoreMode.DOCKER).asset_hash


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    for name in (*INPUTS, *OTHERS):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    return root


def _changes(repository: Path, scratch: Path, name: str, asset_hash: Hash) -> bool:
    """Returns whether one more line in file `name` changes the hash. Uses a copy, because CDK caches by directory."""
    changed = scratch / "changed"
    shutil.copytree(repository, changed)
    with (changed / name).open("a") as file:
        file.write("another line\n")
    return asset_hash(changed) != asset_hash(repository)


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_of_the_service_changes_its_image(repository: Path, tmp_path: Path, name: str) -> None:
    assert _changes(repository, tmp_path, name, _image_hash)


@pytest.mark.parametrize("name", OTHERS)
def test_nothing_else_changes_its_image(repository: Path, tmp_path: Path, name: str) -> None:
    assert not _changes(repository, tmp_path, name, _image_hash)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("services/discovery/main.py", True),
        ("services/contracts/events/base.py", True),
        ("services/patient/main.py", False),
        ("services/common/web/__init__.py", False),
        ("README.md", False),
    ],
)
def test_the_function_changes_only_with_its_inputs(repository: Path, tmp_path: Path, name: str, expected: bool) -> None:
    assert _changes(repository, tmp_path, name, _function_hash) is expected


def test_the_build_context_is_exactly_the_inputs(repository: Path) -> None:
    app = App(outdir=str(repository.parent / "context-out"))
    _image_asset(app, repository)
    (staged,) = Path(app.synth().directory).glob("asset.*")
    files = {str(path.relative_to(staged)) for path in staged.rglob("*") if path.is_file()}
    assert files == set(INPUTS)


def test_every_service_of_the_catalogue_has_its_own_context() -> None:
    assert len({tuple(image_excludes(name)) for name in SERVICES}) == len(SERVICES)
