"""Generates the gRPC stubs from `services/contracts/proto/`.

python -m ops.contracts.generate            writes the files
python -m ops.contracts.generate --check    exits 1 and names the files that differ from the committed ones
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from services import contracts

CONTRACTS = Path(contracts.__file__).parent
ROOT = CONTRACTS.parent.parent
PROTO = CONTRACTS / "proto"


def grpc_stubs(destination: Path) -> None:
    """Writes the modules and their type stubs below `destination`."""
    outputs = [f"--{kind}_out={destination}" for kind in ("python", "grpc_python")]
    outputs += [f"--{kind}_out=quiet:{destination}" for kind in ("mypy", "mypy_grpc")]
    plugins = [f"--plugin=protoc-gen-{name}={_plugin(name)}" for name in ("mypy", "mypy_grpc")]
    _protoc(ROOT, PROTO.glob("*.proto"), *plugins, *outputs)


def proto_descriptors() -> FileDescriptorSet:
    """Returns the descriptors of the contracts' .proto files."""
    return descriptors(ROOT, PROTO.glob("*.proto"))


def descriptors(root: Path, sources: Iterable[Path]) -> FileDescriptorSet:
    """Returns the descriptors of .proto files below `root`, without comments and imported files."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "descriptors"
        _protoc(root, sources, f"--descriptor_set_out={target}")
        return FileDescriptorSet.FromString(target.read_bytes())


def _protoc(root: Path, sources: Iterable[Path], *arguments: str) -> None:
    """Runs the protoc of grpcio-tools."""
    from grpc_tools import protoc  # type: ignore[import-untyped]

    names = sorted(str(path.relative_to(root)) for path in sources)
    well_known = resources.files("grpc_tools") / "_proto"
    status = protoc.main(["protoc", f"-I{root}", f"-I{well_known}", *arguments, *names])
    if status != 0:
        raise SystemExit(f"protoc failed with status {status}")


def _plugin(name: str) -> Path:
    """Returns mypy-protobuf's executable in this environment, which need not be on PATH."""
    return Path(sys.executable).parent / f"protoc-gen-{name}"


def generated() -> dict[Path, str]:
    """Returns the content of every generated file by its path."""
    files = {}
    with tempfile.TemporaryDirectory() as folder:
        destination = Path(folder)
        grpc_stubs(destination)
        for path in sorted(destination.rglob("*_pb2*")):
            files[ROOT / path.relative_to(destination)] = path.read_text()
    return files


def existing() -> set[Path]:
    """Returns the generated files that exist now."""
    return {*PROTO.glob("*_pb2*.py"), *PROTO.glob("*_pb2*.pyi")}


def stale() -> list[Path]:
    """Returns the generated files that are missing, outdated or no longer needed."""
    expected = generated()
    different = {path for path, text in expected.items() if not path.exists() or path.read_text() != text}
    return sorted(different | (existing() - expected.keys()))


def write() -> None:
    """Writes the generated files and deletes those that are no longer needed."""
    expected = generated()
    for path in existing() - expected.keys():
        path.unlink()
    for path, text in expected.items():
        path.write_text(text)


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when something differs")
    if not parser.parse_args().check:
        write()
        return
    outdated = [f"not up to date: {path.relative_to(ROOT)}" for path in stale()]
    sys.exit("\n".join(outdated) or 0)


if __name__ == "__main__":
    main()
