"""What a model family is computed by: its source files, and their fingerprint."""

import ast
import hashlib
import json
from pathlib import Path

from keras_aae.registry import MODELS, check_name

PACKAGE = __package__
ROOT = Path(__file__).parents[1]
# What a family is written on, not what it says: the same for all of them.
FLOOR = ("data", "engine", "errors", "figures", "recipe", "registry")


def code_fingerprint(model: str) -> str:
    """SHA-256 of the code of a model family and of the formulas it uses.

    Comments, docstrings and layout do not count, nor does the version of Python.

    Args:
        model: A key of `registry.MODELS`.
    """
    module = MODELS[check_name(model, MODELS, "model")][0].split(":")[0]
    code = {name: _plain(tree) for name, tree in sorted(family_code(module).items())}
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()


def family_code(module: str) -> dict[str, ast.Module]:
    """The code of a module, and of every module of the package it stands on.

    Imports are followed wherever they lead, but the floor that all families share
    (engine, data, errors) is left out of the answer; nothing is executed.
    """
    found, left = {}, [module]
    while left:
        name = left.pop()
        path = _file(name)
        if path is not None and name not in found:
            found[name] = ast.parse(path.read_text(encoding="utf-8"))
            left += [n for n in _imports(found[name]) if n.startswith(f"{PACKAGE}.")]
    return {n: tree for n, tree in found.items() if n.split(".")[1] not in FLOOR}


def _file(module: str) -> Path | None:
    """The source file of a module of the package; None if the name is no module."""
    base = ROOT.joinpath(*module.split("."))
    files = (base.with_suffix(".py"), base / "__init__.py")
    return next((path for path in files if path.is_file()), None)


def _imports(tree: ast.Module):
    """Every name that may be a module; `from a import b` names a and a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _plain(node):
    """A syntax tree as lists and text, without docstrings and positions.

    Empty fields are left out, since every version of Python adds some.
    """
    if isinstance(node, list):
        return [_plain(part) for part in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = dict(ast.iter_fields(node))
    if _has_docstring(node):
        fields["body"] = node.body[1:]
    kept = [[k, _plain(v)] for k, v in fields.items() if v is not None and v != []]
    return [type(node).__name__, *kept]


def _has_docstring(node) -> bool:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, documented) and ast.get_docstring(node, False) is not None
