"""Signatures: what others may call says what it takes and what it returns."""

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = [*ROOT.glob("keras_aae/**/*.py"), *ROOT.glob("cli/*.py")]


def relaxed():
    """Patterns of the modules that the type checker is not strict with yet."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    overrides = tomllib.loads(text)["tool"]["mypy"]["overrides"]
    return [m for o in overrides if o.get("ignore_errors") for m in o["module"]]


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def covers(pattern, module):
    # To mypy `room.*` is the room too.
    room = pattern.removesuffix(".*")
    return module == room or (room != pattern and module.startswith(f"{room}."))


def lacking(source):
    """The public functions and methods of a module that lack an annotation."""
    return [name for name, node in functions(ast.parse(source)) if not complete(node)]


def functions(tree, before=""):
    for node in tree.body:
        if getattr(node, "name", "_").startswith("_"):
            continue
        if isinstance(node, ast.ClassDef):
            yield from functions(node, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield before + node.name, node


def complete(function):
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
    if every and every[0].arg in ("self", "cls"):
        every = every[1:]
    return function.returns is not None and all(a.annotation for a in every)


def test_a_missing_annotation_is_found():
    source = """
def f(x: int, *rest: int) -> int: ...
def g(x): ...
def h(x: int, **more) -> int: ...
def _private(x): ...
class C:
    def f(self, x: int) -> int: ...
    def g(self, x: int): ...
class _C:
    def f(self, x): ...
"""
    assert lacking(source) == ["g", "h", "C.g"]


def test_public_functions_are_annotated():
    patterns = relaxed()
    strict = [p for p in FILES if not any(covers(m, module_of(p)) for m in patterns)]
    assert len(strict) > 70
    missing = {module_of(p): lacking(p.read_text(encoding="utf-8")) for p in strict}
    assert {name: found for name, found in missing.items() if found} == {}


def test_no_pattern_outlives_its_module():
    modules = list(map(module_of, FILES))
    for pattern in relaxed():
        assert any(covers(pattern, module) for module in modules), pattern
