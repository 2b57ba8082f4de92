"""Every command of the README, as a new user would run it, in their order."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from keras_aae import registry
from keras_aae.training.build import family

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def commands():
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line.startswith("keras-aae")]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


def run(args, home, **options):
    nobody = "http://127.0.0.1:9"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("KERAS_AAE")},
        "HOME": str(home), "KERAS_HOME": str(home / "keras"),
        "https_proxy": nobody, "http_proxy": nobody, "TF_CPP_MIN_LOG_LEVEL": "3",
    }  # fmt: skip
    result = subprocess.run(
        args, cwd=home, env=environment, capture_output=True, text=True, timeout=600,
        **options,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result


# One process for all of them, since each would wait for TensorFlow again.
RUN_ALL = """
import shlex, sys
from keras_aae.cli.main import main
for line in sys.stdin.read().splitlines():
    print("$", line, flush=True)
    sys.argv = shlex.split(line)
    try:
        main()
    except SystemExit as stop:
        if stop.code:
            raise
"""


@pytest.mark.long
def test_the_commands_of_the_readme_run_in_their_order(home):
    result = run([sys.executable, "-c", RUN_ALL], home, input="\n".join(commands()))
    ran = [line[2:] for line in result.stdout.splitlines() if line.startswith("$ ")]
    assert ran == commands()
    assert {"codes.svg", "sweep.pdf", "samples.png", "runs"} <= set(os.listdir(home))


@pytest.mark.long
def test_the_python_of_the_readme_runs(home):
    code = "\n".join(blocks("python"))
    result = run([sys.executable, "-c", code], home)
    assert "neg_elbo" in result.stdout


def test_make_targets_of_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^make ([a-z-]+)$|`make ([a-z-]+)`", README, re.MULTILINE)
    assert len(targets) >= 4
    for target in map("".join, targets):
        assert re.search(rf"^{target}:.*##", makefile, flags=re.MULTILINE), target


@pytest.mark.parametrize(
    "name", ["README", "ARCHITECTURE", "CHANGELOG", "CONTRIBUTING", "SECURITY"]
)
def test_links_and_pictures_exist(name):
    text = (ROOT / f"{name}.md").read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", text)
    assert targets
    for target in targets:
        assert target.startswith("http") or (ROOT / target).exists(), target


@pytest.mark.parametrize("menu", ["MODELS", "NETWORKS", "DATASETS", "PRIORS"])
def test_every_name_of_a_menu_is_in_the_readme(menu):
    assert [n for n in getattr(registry, menu) if f"`{n}`" not in README] == []


@pytest.mark.parametrize("name", registry.MODELS)
def test_every_option_of_a_model_is_in_the_readme(name):
    options = family(name).options()
    assert [o for o in options if not re.search(rf"[`_ ]{o}[`=]", README)] == []


def test_every_command_of_the_program_is_in_the_readme():
    from keras_aae.cli.main import COMMANDS

    for name in COMMANDS:
        assert f"keras-aae {name}" in README or f"make {name}" in README, name
