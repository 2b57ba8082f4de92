import pytest

from keras_aae import code
from keras_aae.registry import MODELS

FAMILY = '''
"""A family."""
from toys.engine import Base
from toys import losses

class Model(Base):
    """A model."""

    def loss(self, x):
        return losses.loss(x) + 1
'''
FILES = {
    "__init__": "",
    "engine": "from toys.networks import build\n\nclass Base: ...\n",
    "losses": '"""Losses."""\n\n\ndef loss(x):\n    """x."""\n    return x * x\n',
    "networks/__init__": "from toys.networks import dense\n",
    "networks/dense": "def build(): ...\n",
    "other": "",
    "models": FAMILY,
}


@pytest.fixture
def write(tmp_path, monkeypatch):
    """A package with one family on the menu; returns what changes a file of it."""
    monkeypatch.setattr(code, "ROOT", tmp_path)
    monkeypatch.setattr(code, "PACKAGE", "toys")
    monkeypatch.setitem(MODELS, "toy", ("toys.models:Model", "toy"))

    def write(name, text):
        path = (tmp_path / "toys" / name).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    for name, text in FILES.items():
        write(name, text)
    return write


def test_a_family_is_all_that_it_stands_on_but_the_common_floor(write):
    assert set(code.family_code("toys.models")) == {
        "toys.models", "toys.losses", "toys.networks", "toys.networks.dense"
    }  # fmt: skip


def test_comments_docstrings_and_layout_do_not_count(write):
    before = code.code_fingerprint("toy")
    remarked = '# A remark.\ndef loss(x):\n    "Said otherwise."\n\n    return (x\n        * x)\n'
    for text in (remarked, "def loss(x):\n    return x * x\n"):
        write("losses", text)
        assert code.code_fingerprint("toy") == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("losses", "def loss(x):\n    return x * x * x\n"),
        ("losses", "def loss(x, y=None):\n    return x * x\n"),
        ("networks/dense", "def build(): return 1\n"),
        ("models", FAMILY.replace("+ 1", "+ 2")),
    ],
)
def test_formulas_count_wherever_they_stand(write, name, text):
    before = code.code_fingerprint("toy")
    write(name, text)
    assert code.code_fingerprint("toy") != before


@pytest.mark.parametrize("name", ["engine", "other"])
def test_the_floor_and_what_is_not_used_do_not_count(write, name):
    before = code.code_fingerprint("toy")
    write(name, FILES[name] + "\nmore = 1\n")
    assert code.code_fingerprint("toy") == before


def test_fields_that_some_versions_of_python_add_do_not_count():
    (function,) = code.ast.parse("def f(): return 0").body
    assert code._plain(function) == [
        "FunctionDef",
        ["name", "'f'"],
        ["args", ["arguments"]],
        ["body", [["Return", ["value", ["Constant", ["value", "0"]]]]]],
    ]


def test_every_family_on_the_menu_has_its_own_file_and_its_networks():
    for name, (where, _) in MODELS.items():
        module = where.split(":")[0]
        modules = set(code.family_code(module))
        assert {module, "keras_aae.networks"} <= modules, name
        formulas = {"losses", "classification", "gan_losses"}
        assert modules & {f"keras_aae.{f}" for f in formulas}, name
        assert not any(m.startswith("keras_aae.engine") for m in modules), name
