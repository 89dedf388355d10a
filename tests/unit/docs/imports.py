"""Checks that the imports of a Python block resolve. It only reads sources, because the plugin's need LocalStack."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

from ops.settings import ROOT

SOURCES = (ROOT, ROOT / "localstack-engines" / "src")
PROJECT = {"cdk_app", "lab", "lambda_layers", "localstack_engines", "ops", "services", "tests"}
ONLY_IN_LOCALSTACK = {"localstack", "moto", "rolo"}
"""Packages of LocalStack's image that the host does not have."""

Fault = tuple[int, str]


def faults(code: str, example: str | None = None) -> Iterator[Fault]:
    """Returns line and cause of each fault of the block. Modules in the folder `example` need not exist."""
    ignored = (example or "").rstrip("/").replace("/", ".")
    try:
        tree = compile(code, "block", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as error:
        yield error.lineno or 1, f"does not compile: {error.msg}"
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if not is_module(alias.name):
                    yield node.lineno, f"there is no module {alias.name}"
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module and not _is_in(node.module, ignored):
            yield from ((node.lineno, cause) for cause in _missing(node.module, [alias.name for alias in node.names]))


def _is_in(module: str, package: str) -> bool:
    return bool(package) and f"{module}.".startswith(f"{package}.")


def _missing(module: str, names: list[str]) -> Iterator[str]:
    if not is_module(module):
        yield f"there is no module {module}"
    elif module.partition(".")[0] in PROJECT:
        defined = _defined(module)
        for name in names:
            if name not in defined and name != "*" and not is_module(f"{module}.{name}"):
                yield f"{module} has no {name}"


def is_module(module: str) -> bool:
    """Returns whether `module` is one of this repository, or belongs to an installed package."""
    top = module.partition(".")[0]
    if top in ONLY_IN_LOCALSTACK:
        return True
    if top not in PROJECT:
        return importlib.util.find_spec(top) is not None
    return _file(module) is not None or any((base / module.replace(".", "/")).is_dir() for base in SOURCES)


def _file(module: str) -> Path | None:
    path = module.replace(".", "/")
    # Of generated protobuf modules only the stub says which names there are.
    candidates = (base / f"{path}{ending}" for base in SOURCES for ending in (".pyi", ".py", "/__init__.py"))
    return next((file for file in candidates if file.is_file()), None)


def _defined(module: str) -> set[str]:
    file = _file(module)
    return set() if file is None else set(_bound(ast.parse(file.read_text()).body))


def _bound(statements: list[ast.stmt]) -> Iterator[str]:
    """Returns the names that the statements give to their module."""
    for node in statements:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Assign):
            yield from (name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _bound([child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)])
