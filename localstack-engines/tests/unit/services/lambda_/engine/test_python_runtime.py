"""Search paths of the Python runtime."""

from pathlib import Path

from localstack_engines.services.lambda_.engine.python_runtime import search_paths


def test_the_code_of_the_function_comes_before_layers_and_the_runtime(tmp_path: Path) -> None:
    paths = search_paths(tmp_path / "code", tmp_path / "opt")["PYTHONPATH"].split(":")
    assert paths[0] == str(tmp_path / "code")
    assert paths[-1] == "/var/runtime"
    assert str(tmp_path / "opt/python") in paths
