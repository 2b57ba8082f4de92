"""Tests of the wheel, installed and used where there is nothing else."""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import keras_aae

ROOT = Path(__file__).parents[1]
VERSION = keras_aae.__version__
DIST = f"keras_aae-{VERSION}.dist-info"
# What lies in a checkout and may be large; a wheel must hold none of it.
BESIDE = {"build", "demo", "results", "runs"}


def run(*command, cwd, **environment):
    kept = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
    result = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env={key: os.environ[key] for key in kept if key in os.environ} | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def _not_built_from(folder, names):
    top = BESIDE if Path(folder) == ROOT else set()
    hidden = {name for name in names if name.startswith(".")}
    return top & set(names) | hidden | {"__pycache__"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy, so that the checkout stays as it is."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = shutil.copytree(ROOT, folder / "tree", ignore=_not_built_from)
    for name in BESIDE - {"build"}:
        (tree / name).mkdir()
        (tree / name / "__init__.py").touch()
    build = "from setuptools import build_meta; build_meta.build_wheel('..')"
    run(sys.executable, "-c", build, cwd=tree)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def home(wheel, tmp_path_factory):
    """A folder with nothing but an environment `fresh` that the wheel is installed in."""
    folder = tmp_path_factory.mktemp("home")
    fresh = folder / "fresh"
    venv.create(fresh, symlinks=os.name != "nt")
    run(
        sys.executable, "-m", "pip", "--python", fresh, "install", "--quiet",
        "--no-deps", "--no-index", wheel, cwd=folder, HOME=str(folder),
    )  # fmt: skip
    # The dependencies are those of this environment; its own installation of the package
    # is a .pth file that nothing follows here.
    packages = next(fresh.rglob("site-packages"))
    dependencies = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "dependencies.pth").write_text("\n".join(dependencies))
    return folder


def installed(home, name, *args):
    program = next((home / "fresh").glob(f"[bS]*/{name}*"))
    return run(program, *args, cwd=home, HOME=str(home), TF_CPP_MIN_LOG_LEVEL="3")


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    code = {name for name in names if name.endswith(".py")}
    # The folder cli is installed as a part of the package.
    rooms = {"keras_aae": ROOT / "keras_aae", "keras_aae/cli": ROOT / "cli"}
    assert code == {
        f"{room}/{path.relative_to(folder).as_posix()}"
        for room, folder in rooms.items()
        for path in folder.rglob("*.py")
    }
    assert names - code == {
        "keras_aae/py.typed",
        "keras_aae/evaluation/mnist_features.keras",
        f"{DIST}/METADATA",
        f"{DIST}/RECORD",
        f"{DIST}/WHEEL",
        f"{DIST}/entry_points.txt",
        f"{DIST}/licenses/LICENSE",
        f"{DIST}/top_level.txt",
    }


# Steps, since compiling more would take longer than it saves.
TRAIN = (
    "train vae --dataset digits --limit 200 --hidden-units 8 --execution steps "
    "--epochs 1 --no-figures --no-evaluation --out run"
)


@pytest.mark.long
def test_the_installed_program_trains(home):
    assert installed(home, "keras-aae", "--version").split()[-1] == VERSION
    models = json.loads(installed(home, "keras-aae", "list", "models", "--json"))
    assert {"vae", "aae", "gan"} <= {model["name"] for model in models}
    where = "import keras_aae; print(keras_aae.__file__)"
    assert Path(installed(home, "python", "-c", where)).is_relative_to(home)
    installed(home, "keras-aae", *TRAIN.split())
    assert (home / "run" / "model.keras").is_file()
    environment = json.loads((home / "run" / "environment.json").read_text())
    assert environment["packages"]["keras-aae"] == VERSION


# What needs no other package, in a process that finds nothing but the wheel.
ALONE = f"""
import sys
sys.path.insert(0, sys.argv[1])
import keras_aae
from keras_aae import experiments, recipe
assert keras_aae.__version__ == {VERSION!r} and keras_aae.__file__.startswith(sys.argv[1])
for experiment in experiments.RECIPES.values():
    assert isinstance(experiment.recipe, recipe.Recipe)
"""


def interpreter(version: str) -> str | None:
    """Return the path of a Python of this version, if there is one that runs."""
    kept = Path.home().glob(f".pyenv/versions/{version}.*/bin/python")
    for path in (shutil.which(f"python{version}"), *kept):
        if path and subprocess.run([path, "--version"], capture_output=True).stdout:
            return path
    return None


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_every_python_compiles_the_wheel(wheel, version, tmp_path):
    python = interpreter(version)
    if python is None:
        pytest.skip(f"There is no Python {version}.")
    zipfile.ZipFile(wheel).extractall(tmp_path)
    compiling = ("-W", "error", "-m", "compileall", "-q", tmp_path)
    run(python, "-I", *compiling, cwd=tmp_path)
    run(python, "-I", "-c", ALONE, tmp_path, cwd=tmp_path)


def test_the_version_is_the_same_everywhere():
    changes = (ROOT / "CHANGELOG.md").read_text()
    newest = re.findall(r"^## \[(\d.*)\] - (\d{4}-\d\d-\d\d)$", changes, re.MULTILINE)[
        0
    ]
    citation = (ROOT / "CITATION.cff").read_text()
    version = re.search(r"^version: (.+)$", citation, re.MULTILINE)[1]
    date = re.search(r'^date-released: "(.+)"$', citation, re.MULTILINE)[1]
    assert newest == (version, date) == (VERSION, date)


# Imports every module as on a system without what only POSIX has.
ELSEWHERE = """
import importlib, pkgutil, signal, sys

POSIX = {"fcntl", "grp", "pwd", "resource", "termios"}
# Packages that nobody has to have; without them here, the test is quick.
OPTIONAL = {"jax", "torch", "lightgbm", "tensorboardX"}

class Without:
    def find_spec(self, name, path=None, target=None):
        if name in POSIX | OPTIONAL:
            raise ModuleNotFoundError(f"There is no {name} here.", name=name)

for name in POSIX:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Without())
for name in ("SIGHUP", "SIGKILL"):
    delattr(signal, name)

import cli, keras_aae

for package in (keras_aae, cli):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if module.name.endswith("__main__"):
            continue
        try:
            importlib.import_module(module.name)
        except ModuleNotFoundError as error:
            if error.name.partition(".")[0] not in OPTIONAL:
                raise
assert not POSIX & set(sys.modules)
"""


@pytest.mark.long
def test_every_module_is_imported_without_posix():
    environment = {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    run(sys.executable, "-c", ELSEWHERE, cwd=ROOT, **environment)
