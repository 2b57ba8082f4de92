import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

COMMAND = Path(sys.executable).with_name("keras-aae")
SMALL = ["--hidden-units", "8", "--batch-size", "8", "--epochs", "2"]


def run(*args, cwd=None, **environment):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("KERAS_AAE")}
    return subprocess.run(
        [COMMAND, *map(str, args)], cwd=cwd, env=kept | environment,
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def call(*args):
    """Run the command in this process; return its exit code, stdout and stderr."""
    import contextlib
    import io

    from keras_aae.cli.main import main

    out, err, argv = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["keras-aae", *map(str, args)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main()
                code = 0
            except SystemExit as stop:
                code = stop.code
    finally:
        sys.argv = argv
    return code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def trained(tmp_path_factory, toy_file):
    """A run made by the command itself."""
    folder = tmp_path_factory.mktemp("cli")
    data = shutil.copy(toy_file, folder)
    result = run(
        "train", "vae", "--dataset", data, "--latent-dim", 2, *SMALL,
        "--validation", 8, "--out", folder / "run", "--json",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return folder / "run", json.loads(result.stdout), result.stderr


def test_train_answers_with_numbers_and_figures(trained):
    path, answer, progress = trained
    assert answer["run"] == str(path)
    assert answer["metrics"] == json.loads((path / "metrics.json").read_text())
    assert {"neg_elbo", "kl", "mse", "active_units", "nll"} <= set(answer["metrics"])
    drawn = {Path(figure).name for figure in answer["figures"]}
    assert {"reconstructions.png", "scatterplot.png", "latent-sweep.png",
            "samples.png", "learning-curves.png"} == drawn  # fmt: skip
    assert all(Path(figure).stat().st_size > 1000 for figure in answer["figures"])
    lines = [line for line in progress.splitlines() if line.startswith("epoch")]
    assert len(lines) == 2 and "val_neg_elbo" in lines[0]
    assert "Traceback" not in progress and "I0000" not in progress


def events_of(*args):
    code, out, err = call(*args, "--progress", "json")
    return code, [json.loads(line) for line in out.splitlines()], err


def test_events_follow_a_training_from_start_to_end(toy_npz, tmp_path):
    words = ["--dataset", toy_npz, *SMALL, "--validation", 8, "--out", tmp_path / "run"]
    measured = ("--no-figures", "--no-evaluation")
    code, events, err = events_of("train", "vae", *words, "--watch-nothing")
    assert code == 2 and events == [] and "No such option" in err
    code, events, err = events_of("train", "vae", *words, *measured)
    assert code == 0 and "epoch" not in err
    kinds = [event["event"] for event in events if event["event"] != "progress"]
    assert kinds == ["start", "epoch", "epoch", "done"]
    start, *middle, done = events
    assert start["run"] == done["run"] == str(tmp_path / "run")
    assert (start["epochs"], start["epoch"], start["images"]) == (2, 0, 48)
    seen = [(e["epoch"], e["images"]) for e in middle if e["event"] == "progress"]
    assert seen[-1] == (2, 48) and {"kl", "neg_elbo"} <= set(middle[0]["terms"])
    rows = [e["row"] for e in middle if e["event"] == "epoch"]
    assert [row["epoch"] for row in rows] == [1, 2] and "val_kl" in rows[0]
    assert (done["metrics"], done["figures"]) == ({}, [])
    _, events, _ = events_of("resume", tmp_path / "run", "--epochs", 3, *measured)
    assert events[0]["epoch"] == 2 and events[-1]["event"] == "done"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["train", "vae", "--set", "latent_dims=2"], 1),
        (["train"], 2),
        (["train", "vae", "--set", "optimizer=sgd", "--set", "learning_rate=1e9"], 3),
        (["resume", "nowhere"], 1),
    ],
)
def test_an_error_is_an_event_too(words, code, toy_npz, tmp_path):
    if words[:2] == ["train", "vae"]:
        words = [*words, "--dataset", toy_npz, *SMALL, "--out", tmp_path / "run"]
    found, events, err = events_of(*words)
    assert (found, events[-1]["event"], events[-1]["code"]) == (code, "error", code)
    assert events[-1]["text"] in err


def test_numbers_that_json_lacks_are_null(capsys):
    from keras_aae.cli.events import emit, read_event

    emit(
        {"event": "epoch", "row": {"kl": float("nan"), "loss": float("inf"), "mse": 1}}
    )
    event = read_event(capsys.readouterr().out)
    assert event == {"event": "epoch", "row": {"kl": None, "loss": None, "mse": 1}}
    assert read_event("epoch 1/2") is read_event("[1]") is read_event("{}") is None


@pytest.mark.parametrize(
    ("kind", "options", "name"),
    [
        ("reconstructions", ["--count", 5], "a.png"),
        ("scatterplot", [], "a.svg"),
        ("latent-sweep", ["--spacing", "quantile", "--count", 6], "a.pdf"),
        ("samples", ["--count", 9, "--seed", 4], "a.png"),
        ("latent-sweep", ["--spacing", "codes", "--count", 6], "a.png"),
        ("thresholded", ["--set", "threshold=0.5"], "a.png"),
        ("morph", ["--count", 4, "--set", "frames=2"], "a.gif"),
    ],
)
def test_export_draws_runs_and_files(kind, options, name, trained, tmp_path):
    path, *_ = trained
    data = ["--dataset", path.parent / "toy.npz"]
    for source in (path, path / "model.keras"):
        output = tmp_path / name
        code, out, err = call("export", kind, source, "-o", output, *options, *data)
        assert (code, out.strip()) == (0, str(output)), err
        assert output.stat().st_size > 1000
        output.unlink()


@pytest.fixture(scope="module")
def others(trained):
    """Untrained runs: with a code of three dimensions, and for other images."""
    from keras_aae import build_model
    from keras_aae.runs.folder import RunFolder

    path, *_ = trained
    first, folder = RunFolder(path), path.parent
    images = np.random.default_rng(0).integers(0, 256, (20, 6, 6), dtype=np.uint8)
    np.savez(folder / "small.npz", x=images)

    def make(name, image_shape, latent_dim):
        options = first.recipe.options | {"latent_dim": latent_dim}
        data = str(folder / f"{name}.npz")
        recipe = first.recipe.replace(options=options, dataset=data)
        run = RunFolder.create(folder / f"{name}-{latent_dim}", recipe, first.data)
        build_model("vae", image_shape=image_shape, **options).save(run.model_path)
        return run.path

    return make("toy", (8, 8, 1), 3), make("small", (6, 6, 1), 2)


def test_probe_compares_codes_with_pixels(trained):
    path, *_ = trained
    args = ("probe", path, path / "model.keras", "--num-labels", 20, "--draws", 2)
    args += ("--dataset", path.parent / "toy.npz")
    code, out, err = call(*args)
    assert code == 0, err
    head, *rows = out.splitlines()
    assert head.split()[-3:] == ["logistic", "knn", "dense"]
    assert [row.split()[0] for row in rows] == [
        str(path), str(path / "model.keras"), "pixels",
    ]  # fmt: skip
    assert rows[0].split()[1:] == rows[1].split()[1:] and " ± " in rows[2]
    code, out, _ = call(*args, "--json")
    numbers = json.loads(out)
    assert code == 0 and len(numbers["pixels"]["dense"]) == 2
    code, _, err = call("probe", path, "--num-labels", 9999)
    assert code == 1 and "from 1 to 56" in err


def test_transfer_classifies_other_images_by_the_frozen_encoder(trained, tmp_path):
    from PIL import Image

    path, *_ = trained
    rng = np.random.default_rng(0)
    for part, count in (("train", 20), ("test", 8)):
        for name, level in (("dark", 60), ("light", 190), ("mid", 120)):
            folder = tmp_path / "photos" / part / name
            folder.mkdir(parents=True)
            for i in range(count):
                pixels = rng.integers(level - 30, level + 30, (11, 9, 3)).astype(
                    "uint8"
                )
                Image.fromarray(pixels).save(folder / f"{i}.png")
    args = ("transfer", path, "--dataset", tmp_path / "photos")
    code, out, err = call(*args)
    assert code == 0, err
    assert [line.split()[0] for line in out.splitlines()[1:]] == [
        "codes", "untrained", "pixels", "chance",
    ]  # fmt: skip
    code, out, err = call(*args, "--classes", "dark,light", "--no-baselines", "--json")
    assert code == 0, err
    numbers = json.loads(out)
    assert list(numbers) == ["codes", "chance"]
    assert numbers["codes"]["test"]["accuracy"] > 0.9
    assert numbers["chance"]["test"] == {"accuracy": 0.5, "auroc": 0.5}
    assert np.sum(numbers["codes"]["test"]["confusion"]) == 16
    code, _, err = call(*args, "--classes", "dark,blue")
    assert code == 1 and "no class 'blue'" in err


def test_a_folder_becomes_codes_and_codes_become_pictures(trained, tmp_path):
    from PIL import Image

    path, *_ = trained
    for name in ("a/1.png", "a/2.jpg", "b/3.png"):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (13, 9), "orange").save(tmp_path / "photos" / name)
    codes = tmp_path / "codes.csv"
    code, out, err = call("encode", path, tmp_path / "photos", "-o", codes)
    assert (code, out.strip()) == (0, str(codes)), err
    header, *rows = codes.read_text().splitlines()
    assert header == "id,label,z_1,z_2"
    assert [row.split(",")[:2] for row in rows] == [
        ["a/1.png", "a"], ["a/2.jpg", "a"], ["b/3.png", "b"],
    ]  # fmt: skip
    decoded = tmp_path / "decoded"
    code, out, err = call("decode", path / "model.keras", codes, "-o", decoded)
    assert (code, out.strip()) == (0, str(decoded)), err
    found = sorted(p.relative_to(decoded).as_posix() for p in decoded.rglob("*.png"))
    assert found == ["a/1.png", "a/2.jpg.png", "b/3.png"]
    with Image.open(decoded / "b/3.png") as image:
        assert image.size == (8, 8)
    code, _, err = call("encode", path, tmp_path / "photos", "-o", codes)
    assert code == 1 and "is not overwritten" in err and "Traceback" not in err


def test_export_puts_several_runs_side_by_side(trained, others, tmp_path):
    path, *_ = trained
    three, _ = others
    output = tmp_path / "strips.svg"
    for runs, headings in (
        ((path, three), ("original", "2-D", "3-D")),
        ((path,), ("original", "vae")),
        ((path, path), ("original", "vae (1)", "vae (2)")),
    ):
        code, _, err = call("export", "reconstruction-strips", *runs, "-o", output)
        assert code == 0, err
        drawn = output.read_text()
        assert all(f">{heading}</text>" in drawn for heading in headings)


def test_runs_that_cannot_be_compared_are_refused(trained, others, tmp_path):
    path, *_ = trained
    three, small = others
    for kind, runs, message in (
        ("samples", (path, three), "models 2. Figure 'samples'"),
        (
            "reconstruction-strips",
            (path, small),
            "shapes vae 8x8x1, vae 6",
        ),
    ):
        code, _, err = call("export", kind, *runs, "-o", tmp_path / "a.png")
        assert code == 1 and message in err
    assert not list(tmp_path.iterdir())


def test_export_knows_where_a_figure_goes(trained):
    path, *_ = trained
    for kind, name in (("morph", "morph.gif"), ("thresholded", "thresholded.png")):
        code, out, err = call("export", kind, path)
        assert (code, out.strip()) == (0, str(path / "figures" / name)), err


def test_evaluate_measures_several_runs_side_by_side(trained):
    path, answer, _ = trained
    code, out, err = call("evaluate", path, path, "--json")
    assert code == 0, err
    assert json.loads(out)[str(path)] == pytest.approx(answer["metrics"], rel=1e-3)
    code, out, _ = call("evaluate", path)
    assert code == 0 and "neg_elbo" in out


def test_tables_of_runs_are_markdown_and_csv():
    from keras_aae.cli.tables import print_metrics

    numbers = {"a|b": {"mse": 0.1234567890123, "kl": 3.0}, "c,d": {"mse": 1e-7}}

    def printed(style):
        import contextlib
        import io

        with contextlib.redirect_stdout(io.StringIO()) as out:
            print_metrics(numbers, style)
        return out.getvalue()

    assert printed("markdown").splitlines() == [
        r"| metric | a\|b | c,d |", "| --- | ---: | ---: |",
        "| mse | 0.1235 | 0.0000 |", "| kl | 3.0000 |  |",
    ]  # fmt: skip
    rows = list(csv.reader(printed("csv").splitlines()))
    assert rows[0] == ["metric", "a|b", "c,d"]
    assert [float(x) for x in rows[1][1:]] == [0.1234567890123, 1e-7]
    assert rows[2] == ["kl", "3.0", ""]


def test_evaluate_measures_what_takes_long_where_it_is_named(trained):
    path = str(trained[0])
    _, out, _ = call("evaluate", path, "--also", "nll_5000_binarized", "--json")
    values = json.loads(out)[path]
    assert values["nll_5000_binarized"] == pytest.approx(
        values["nll_binarized"], rel=0.05
    )


def test_resume_continues_a_run(trained, tmp_path):
    path, *_ = trained
    copy = tmp_path / "copy with space"
    shutil.copytree(path, copy)
    code, out, err = call(
        "resume", copy, "--epochs", 3, "--no-figures", "--no-evaluation"
    )
    assert code == 0, err
    assert "after 2 epochs" in out and "epoch 3/3" in out


@pytest.mark.parametrize(
    "what",
    ["models", "datasets", "priors", "figures", "metrics", "recipes", "comparisons",
     "sweeps", "tables", "transfers"],
)  # fmt: skip
def test_list_shows_every_menu(what):
    from keras_aae import experiments, registry

    code, out, _ = call("list", what)
    assert code == 0
    menus = {**vars(registry), **vars(experiments)}
    for name in menus[what.upper()]:
        assert name in out
    assert len(json.loads(call("list", what, "--json")[1])) == len(out.splitlines())


def test_list_runs_shows_their_progress(trained):
    path, *_ = trained
    code, out, _ = call("list", "runs", "--root", path.parent)
    assert code == 0 and "2 of 2 epochs" in out


def test_inspect_describes_a_file_without_loading_it(trained):
    path, *_ = trained
    code, out, _ = call("inspect", path / "model.keras")
    assert code == 0 and "class: VAE" in out and "accepted: True" in out
    assert (
        json.loads(call("inspect", path / "model.keras", "--json")[1])["class"] == "VAE"
    )


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["train", "vea"], 2, "Did you mean 'vae'"),
        (["train"], 2, "MODEL or --recipe"),
        (["train", "vae", "--recipe", "vae-2d"], 2, "MODEL or --recipe"),
        (["train", "--recipe", "vae-2"], 2, "Did you mean 'vae-2d'"),
        (["train", "vae", "--epochs", "many"], 2, "not a valid integer"),
        (["train", "vae", "--hidden-units", "a,b"], 2, "500,500"),
        (["train", "vae", "--set", "epochs"], 2, "KEY=VALUE"),
        (["train", "vae", "--epochs", "0"], 1, "whole number of at least 1"),
        (["train", "vae", "--dataset", "mnits"], 1, "Did you mean 'mnist'"),
        (["train", "vae", "--dataset", "digits", "--set", "betta=2"], 1, "'beta'"),
        (["train", "vae", "--dataset", "digits", "--batch-size", "5000"], 1, "at most"),
        (["trian", "vae"], 2, "Did you mean 'train'"),
        (["export", "scatter", "run"], 2, "Did you mean 'scatterplot'"),
        (["export", "samples", "no-run"], 1, "no run folder"),
        (["export", "samples"], 2, "'RUNS...'"),
        (["export", "samples", "no-run", "--set", "seed=1"], 1, "Unknown option of"),
        (["export", "morph", "no-run", "--extent", "2"], 1, "'extent'"),
        (["export", "samples", "no.keras", "-o", "x.png"], 1, "no.keras"),
        (["evaluate", "no-run"], 1, "no run folder"),
        (["resume", "no-run"], 1, "no run folder"),
        (["inspect", "no.keras"], 1, "no.keras"),
        (["list", "everything"], 2, "models"),
    ],
)
def test_bad_requests_are_one_line_and_an_exit_code(args, code, message, tmp_path):
    result, _, err = call(*args)
    assert result == code
    assert message in " ".join(err.split())
    assert "Traceback" not in err
    if code == 1:
        assert len(err.strip().splitlines()) == 1


def test_debug_shows_where(tmp_path):
    result = run("export", "samples", "no-run", "--debug")
    assert result.returncode == 1 and "Traceback" in result.stderr


def test_a_backend_that_is_not_installed_is_named(monkeypatch):
    import importlib.util

    from keras_aae.cli.backend import select_backend

    from keras_aae.errors import KerasAAEError

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(KerasAAEError, match="pip install jax"):
        select_backend("jax")


def test_without_mnist_the_digits_are_used_with_a_warning(tmp_path):
    home = {"HOME": str(tmp_path), "KERAS_HOME": str(tmp_path / "keras")}
    # No network, wherever this runs: nobody listens there.
    home |= {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    quickly = ("--epochs", 1, "--hidden-units", 4, "--execution", "graph")
    without = ("--no-figures", "--no-evaluation")
    result = run("train", "vae", *quickly, *without, cwd=tmp_path, **home)
    assert result.returncode == 0, result.stderr
    assert "digits" in result.stderr and "Warning" in result.stderr
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("vae_digits_")
    note = json.loads((folder / "recipe.json").read_text())["data"]["note"]
    assert "digits" in note
    drawn = tmp_path / "samples.svg"
    assert run("export", "samples", folder, "-o", drawn, **home).returncode == 0
    assert note.split(".")[0][:20] in drawn.read_text()
    refused = run("train", "vae", "--dataset", "mnist", cwd=tmp_path, **home)
    assert refused.returncode == 1 and "--data-dir" in refused.stderr


def test_a_closed_pipe_is_quiet(tmp_path):
    result = subprocess.run(
        f"{COMMAND} list metrics | head -1", shell=True, capture_output=True, text=True
    )
    assert result.stderr == "" and result.stdout.startswith("neg_elbo")


HELP = [
    "", "train", "resume", "export", "evaluate", "report", "probe", "transfer", "encode", "decode", "figures", "list",
    "inspect",
]  # fmt: skip


@pytest.mark.parametrize("command", HELP)
def test_help_needs_no_keras(command):
    code = (
        "import sys; from keras_aae.cli.main import cli\n"
        "try: cli.main(sys.argv[1:], standalone_mode=False)\n"
        "finally: print(sorted({'keras', 'tensorflow', 'numpy'} & set(sys.modules)))"
    )
    args = [command, "--help"] if command else ["--help"]
    result = subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True
    )
    assert result.returncode == 0 and result.stdout.endswith("[]\n")


def test_help_of_train_names_all_networks_and_data_sets():
    from keras_aae.registry import DATASETS, NETWORKS

    _, page, _ = call("train", "--help")
    assert [
        name for name in (*NETWORKS, *DATASETS) if name not in "".join(page.split())
    ] == []


def test_numbers_of_options_are_bounded_by_their_types():
    for given in (("--seed", -1), ("--seed", 2**31), ("--count", 0), ("--count", "x")):
        code, _, err = call("export", "samples", "no-run", *given)
        assert code == 2 and "Expected a whole number" in " ".join(err.split())


def test_every_command_has_help_and_an_example():
    from click.testing import CliRunner
    from keras_aae.cli.main import COMMANDS, cli

    assert set(COMMANDS) | {""} == set(HELP)
    for name in COMMANDS:
        command = cli.get_command(None, name)
        assert len(command.help) > 40
        page = CliRunner().invoke(command, ["--help"]).output
        # On a line of its own.
        assert f"\n    keras-aae {name} " in page and "\\b" not in page
        for option in command.params:
            if option.param_type_name == "option" and option.name != "help":
                assert option.help, (name, option.name)


def failed_cleaning_up(error):
    """Return the error raised by cleaning up after another error."""
    try:
        try:
            raise error
        finally:
            raise ValueError("I/O operation on closed file.")
    except ValueError as last:
        return last


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "--batch-size"),
        (
            RuntimeError("DefaultCPUAllocator: can't allocate memory"),
            "--batch-size",
        ),
        (failed_cleaning_up(MemoryError()), "--batch-size"),
        (OSError(24, "Too many open files", "/tmp/a"), "Too many open files: '/tmp/a'"),
    ],
)
def test_running_out_of_memory_or_files_is_one_line(
    error, words, tmp_path, monkeypatch
):
    def train(*args, **options):
        raise error

    monkeypatch.setattr("keras_aae.training.train", train)
    code, _, err = call(
        "train", "vae", "--dataset", "digits", "--out", tmp_path / "run"
    )
    assert code == 1 and words in err and "Unexpected" not in err
