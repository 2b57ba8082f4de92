import io
import json
import os
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import keras_aae.cli.seeds
import numpy as np
import pytest
from keras_aae.cli import processes
from keras_aae.cli.main import main
from keras_aae.cli.processes import ParallelProcesses, available_cores, shares
from keras_aae.cli.seed_progress import SeedBars
from keras_aae.cli.seeds import parse_seeds
from rich.console import Console
from rich.progress import Progress
from scipy import stats

from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.evaluation.statistics import difference, summarize
from keras_aae.experiments import RECIPES
from keras_aae.runs.folder import RunFolder
from keras_aae.training.seeds import SeedFolder


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("0..3", [0, 1, 2, 3]),
        ("0,3,7", [0, 3, 7]),
        ("7, 0..2 ,5..5", [7, 0, 1, 2, 5]),
        ("4", [4]),
    ],
)
def test_seeds_are_numbers_and_ranges(text, seeds):
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5..2", "5..2"),
        ("", "''"),
        ("1,", "''"),
        ("0..", "'0..'"),
        ("-1", "'-1'"),
        ("1.5", "'1.5'"),
        ("a..b", "'a..b'"),
        ("0..3,2,3", "2 and 3"),
        ("0..99999999999", "100,000,000,000 seeds"),
    ],
)
def test_invalid_seeds_are_refused(text, message):
    with pytest.raises(KerasAAEError, match=message):
        parse_seeds(text)


# The quantiles are those of printed tables of Student's t.
@pytest.mark.parametrize(
    ("values", "mean", "sd", "half"),
    [
        ([0, 1], 0.5, 0.5**0.5, 12.7062 * 0.5),
        ([1, 2, 3, 4], 2.5, (5 / 3) ** 0.5, 3.18245 * (5 / 12) ** 0.5),
        (range(10), 4.5, (82.5 / 9) ** 0.5, 2.26216 * (82.5 / 90) ** 0.5),
        ([2, 2, 2], 2, 0, 0),
    ],
)
def test_the_interval_is_students(values, mean, sd, half):
    summary = summarize(values)
    assert (summary.mean, summary.sd) == pytest.approx((mean, sd))
    interval = pytest.approx((mean - half, mean + half), rel=1e-5)
    assert (summary.low, summary.high) == interval
    assert summary.n == len(values)


def test_the_interval_holds_the_mean_95_times_of_100():
    draws = np.random.default_rng(0).normal(3, 2, (2000, 4)).tolist()
    intervals = [summarize(values) for values in draws]
    held = np.mean([interval.low < 3 < interval.high for interval in intervals])
    assert held == pytest.approx(0.95, abs=0.015)


def test_a_single_value_says_nothing_of_the_spread():
    summary = summarize([2.5])
    assert (summary.mean, summary.n) == (2.5, 1)
    assert summary.sd is summary.low is summary.high is None
    with pytest.raises(ValueError, match="at least one"):
        summarize([])


@pytest.mark.parametrize("counts", [(3, 3), (5, 2), (10, 10)])
def test_the_interval_of_a_difference_is_welch_s(counts):
    rng = np.random.default_rng(1)
    one, two = rng.normal(3, 2, counts[0]), rng.normal(1, 0.5, counts[1])
    ours = difference(one.tolist(), two.tolist())
    theirs = stats.ttest_ind(one, two, equal_var=False).confidence_interval(0.95)
    assert ours.mean == pytest.approx(one.mean() - two.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


def test_the_difference_of_single_values_has_no_interval():
    ours = difference([3.0], [1.0, 2.0])
    assert ours.mean == 1.5 and ours.sd is ours.low is ours.high is None
    same = difference([2.0, 2.0], [1.0, 1.0])
    assert (same.mean, same.low, same.high) == (1.0, 1.0, 1.0)


def test_cores_are_shared_evenly_and_by_nobody_else():
    assert shares([0, 1, 2, 3, 4], 2) == [[0, 1], [2, 3]]
    assert shares([3, 5], 2) == [[3], [5]]
    assert shares([3, 5], 1) == [[3, 5]]
    assert shares([3, 5], 3) == [[3], [5], [3]]


class Recorder:
    def __init__(self):
        self.lines, self.ends = [], []

    def output(self, name, text):
        self.lines.append((name, "stdout", text))

    def error(self, name, text):
        self.lines.append((name, "stderr", text))

    def end(self, name, end):
        self.ends.append(name)


def script(text):
    return [
        sys.executable,
        "-S",
        "-c",
        f"import os, sys, time\n{textwrap.dedent(text)}",
    ]


def say(text):
    return f"print({text}, file=sys.stderr, flush=True)\n"


def test_every_process_runs_on_cores_of_its_own(tmp_path):
    cores = available_cores()
    if not hasattr(os, "sched_setaffinity") or len(cores) < 2:
        pytest.skip("needs two cores to pin to")
    recorder = Recorder()

    def command(own, other):
        # Each waits for the other: both run at once.
        return script(
            f"""
            open({str(tmp_path / own)!r}, "w")
            end = time.monotonic() + 30
            while not os.path.exists({str(tmp_path / other)!r}):
                assert time.monotonic() < end
            {say("sorted(os.sched_getaffinity(0))")}
            """
        )

    ends = ParallelProcesses(shares(cores, 2), recorder).run(
        {"a": command("a", "b"), "b": command("b", "a")}
    )
    assert [end.code for end in ends.values()] == [0, 0]
    first, second = (text for _, _, text in recorder.lines)
    assert not set(json.loads(first)) & set(json.loads(second))
    assert sorted(os.sched_getaffinity(0)) == cores


def test_as_many_seeds_at_once_as_there_are_cores_but_one_on_a_gpu(monkeypatch):
    monkeypatch.setattr(processes, "available_cores", lambda: [0, 1, 2, 3])
    for gpu, jobs, count, expected in (
        (False, None, 10, 4), (False, None, 2, 2), (False, 3, 10, 3), (False, None, 0, 1),
        (True, None, 10, 1), (True, 2, 10, 2),
    ):  # fmt: skip
        monkeypatch.setattr(processes, "has_gpu", lambda gpu=gpu: gpu)
        assert len(keras_aae.cli.seeds._shares(jobs, count)) == expected


def test_the_end_of_a_process_is_reported_and_the_others_continue():
    recorder = Recorder()
    ends = ParallelProcesses([available_cores()], recorder).run(
        {
            "good": script("pass"),
            "bad": script(say("'so'") + "sys.stderr.write('it is'); sys.exit(3)"),
            "killed": script("os.kill(os.getpid(), 9)"),
            "last": script(say("'é'.encode()")),
        }
    )
    assert [end.code for end in ends.values()] == [0, 3, 137, 0]
    assert ends["bad"].line == "it is" and ends["good"].line == ""
    assert recorder.ends == list(ends) == ["good", "bad", "killed", "last"]


def test_every_line_of_both_streams_is_reported():
    recorder, many = Recorder(), 300_000
    (end,) = (
        ParallelProcesses([available_cores()], recorder)
        .run({0: script(f"print('x' * {many}); print()\n" + say(f"'y' * {many}"))})
        .values()
    )
    assert end.code == 0 and end.line == "y" * many
    assert sorted(recorder.lines) == [
        (0, "stderr", "y" * many),
        (0, "stdout", "x" * many),
    ]


def test_processes_are_ended_with_the_one_that_waits_for_them(tmp_path):
    class Broken(Recorder):
        def error(self, name, text):
            raise BrokenPipeError

    pid = tmp_path / "pid"
    slow = f"open({str(pid)!r}, 'w').write(str(os.getpid()))\n"
    with pytest.raises(BrokenPipeError):
        ParallelProcesses([available_cores()], Broken()).run(
            {0: script(slow + say("'here'") + "time.sleep(60)")}
        )
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_parallel_processes_are_refused_on_windows(monkeypatch):
    monkeypatch.setattr(processes, "os", SimpleNamespace(name="nt"))
    with pytest.raises(UnsupportedError, match="--seed"):
        ParallelProcesses([[0]], None).run({0: script("pass")})


# Leaves the files of a training, and fails if the learning rate says so.
FAKE = """
import json, os, signal, sys, time
from pathlib import Path
from types import SimpleNamespace
from types import SimpleNamespace
from keras_aae.recipe import Recipe, override
from keras_aae.runs.folder import RunFolder

words = sys.argv[1:]
given = [word.split("=", 1) for word in words if "=" in word]
values = {key: json.loads(value) for key, value in given}
if words[0] == "train":
    path = Path(words[words.index("--out") + 1])
    data = {"name": "toy", "fingerprint": os.environ.get("DATA", ""), "note": ""}
    run = RunFolder.create(path, override(Recipe(model=words[1]), values), data)
else:
    run = RunFolder(words[1])
    epochs = int(words[words.index("--epochs") + 1])
    run.write_recipe(run.recipe.replace(epochs=epochs))
with open("calls", "a") as file:
    file.write(f"{words[0]} {run.path.name}\\n")
seed, epochs = run.recipe.seed, run.recipe.epochs
assert words[words.index("--progress") + 1] == "json"

def tell(event, **values):
    print(json.dumps({"event": event} | values), flush=True)

row = {"epoch": epochs, "seconds": 1, "images_per_second": 9, "mse": 1, "kl": None}
if os.environ.get("WARN"):
    tell("warning", text="Odd.")
tell("epoch", epochs=epochs, row=row)
if os.environ.get("STOP"):
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(60)
if seed == int(os.environ.get("BAD", -1)):
    tell("error", code=int(os.environ["CODE"]), text="too bad.")
    sys.exit(int(os.environ["CODE"]))
if seed == int(os.environ.get("CRASH", -1)):
    print("Error: crashed.", file=sys.stderr)
    os.abort()
run.model_path.touch()
run.write_status(finished=True)
if "--evaluation" in words:
    run.write_metrics({"mse": float(seed), "nll": 80.0 + epochs})
"""


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Stands for the program in the processes of the seeds; returns their calls."""
    program = tmp_path / "fake.py"
    program.write_text(FAKE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(keras_aae.cli.seeds, "PROGRAM", [sys.executable, str(program)])

    def calls():
        file = tmp_path / "calls"
        made = sorted(file.read_text().splitlines()) if file.exists() else []
        file.unlink(missing_ok=True)
        return made

    return calls


@pytest.fixture
def train(fake, monkeypatch, capsys):
    """Calls `train` in this process: exit code, stdout, stderr."""

    def train(*args):
        words = ["keras-aae", "train", "vae", "--no-figures", *map(str, args)]
        monkeypatch.setattr(sys, "argv", words)
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code
        return code, *capsys.readouterr()

    return train


def seeds_json():
    with open("group/seeds.json") as file:
        return json.load(file)


def test_seeds_are_trained_and_summarized_together(train, fake):
    code, out, err = train("--seeds", "1,3", "--epochs", 4, "--out", "group")
    assert (code, err) == (0, "")
    assert fake() == ["train seed-1", "train seed-3"]
    assert "seed 1: epoch 4/4  mse 1  kl nan  9" in out and "seed 3: done" in out
    row = next(line for line in out.splitlines() if line.startswith("mse"))
    assert row.split() == ["mse", "2", "1.4", "-10.706", "to", "14.706", "2"]
    content = seeds_json()
    assert content["name"] == "vae" and content["seeds"] == [1, 3]
    assert content["runs"] == [
        {"seed": k, "folder": f"seed-{k}", "metrics": {"mse": k, "nll": 84.0}}
        for k in (1, 3)
    ]
    assert content["numbers"]["nll"] == {
        "mean": 84.0, "sd": 0.0, "low": 84.0, "high": 84.0, "n": 2,
    }  # fmt: skip


def test_json_is_what_the_file_holds(train):
    code, out, err = train("--seeds", 5, "--out", "group", "--json")
    answer = json.loads(out)
    assert code == 0 and "seed 5: epoch 50/50" in err
    assert answer == {"out": "group"} | seeds_json()
    single = {"mean": 5.0, "sd": None, "low": None, "high": None, "n": 1}
    assert answer["numbers"]["mse"] == single


def test_the_same_command_trains_what_is_missing_only(train, fake):
    train("--seeds", "0..1", "--epochs", 2, "--out", "group")
    fake()
    code, out, _ = train("--seeds", "0..1", "--epochs", 2, "--out", "group")
    assert code == 0 and fake() == []
    assert "Already trained: 0, 1" in out and "\nmse" in out
    code, out, _ = train("--seeds", "0..2", "--epochs", 2, "--out", "group")
    assert fake() == ["train seed-2"]
    assert "Already trained: 0, 1" in out
    train("--seeds", "0,2", "--epochs", 3, "--out", "group", "--no-evaluation")
    assert fake() == ["resume seed-0", "resume seed-2"]
    assert seeds_json()["numbers"] == {}
    # What was trained and not measured is measured.
    train("--seeds", "0,2", "--epochs", 3, "--out", "group")
    assert fake() == ["resume seed-0", "resume seed-2"]
    assert seeds_json()["numbers"]["nll"]["mean"] == 83


def test_a_terminal_shows_a_bar_a_seed():
    console = Console(file=io.StringIO(), width=80)
    with Progress(console=console) as bars:
        listener = SeedBars(bars, [4, 7], epochs=9)
        listener.output(7, json.dumps({"event": "start", "epoch": 2}))
        shown = [(task.completed, task.fields["terms"]) for task in bars.tasks]
        assert shown == [(0, ""), (2, "compiling")]
        row = {"epoch": 3, "nll": 1, "images_per_second": 9}
        listener.output(7, json.dumps({"event": "epoch", "epochs": 9, "row": row}))
        listener.output(4, json.dumps({"event": "warning", "text": "[1] is odd"}))
        listener.output(4, "no event")
        shown = [(task.completed, task.fields["terms"]) for task in bars.tasks]
        assert shown == [(0, ""), (3, "nll 1  9 images/s")]
        listener.end(7, processes.End(0, ""))
        listener.end(4, processes.End(3, ""))
        shown = [(task.completed, task.fields["terms"]) for task in bars.tasks]
        assert shown == [(0, "diverged"), (9, "done")]
    printed = console.file.getvalue()
    assert "seed 4: Warning: [1] is odd" in printed and "seed 4: no event" in printed


def test_events_of_seeds_have_their_seed(train, monkeypatch):
    monkeypatch.setenv("BAD", "1")
    monkeypatch.setenv("CODE", "1")
    words = ("--seeds", "0,1", "--jobs", 1, "--out", "group", "--progress", "json")
    code, out, err = train(*words)
    events = [json.loads(line) for line in out.splitlines()]
    found = [(event.get("seed"), event["event"]) for event in events]
    assert found == [
        (0, "epoch"), (0, "end"), (1, "epoch"), (1, "end"), (None, "done"), (None, "error"),
    ]  # fmt: skip
    ends = [(e["code"], e["outcome"]) for e in events if e["event"] == "end"]
    assert ends == [(0, "done"), (1, "failed, exit code 1")]
    assert events[-2] == {"event": "done", "out": "group"} | seeds_json()
    assert events[-1]["code"] == code == 1 and "seed 1: too bad." in events[-1]["text"]
    assert "Seeds 0, 1 in group, 1 at a time" in err


def test_output_of_a_seed_that_is_no_event_is_printed(train, monkeypatch):
    monkeypatch.setenv("WARN", "1")
    monkeypatch.setenv("CRASH", "1")
    code, out, err = train("--seeds", "0,1", "--out", "group")
    assert code == 1 and "Odd" not in out
    assert "seed 0: Warning: Odd." in err and "seed 1: Error: crashed." in err
    assert "seed 1: failed, exit code 134" in out
    assert seeds_json()["failed"] == {"1": "crashed."}


@pytest.mark.parametrize(("child", "code"), [(1, 1), (3, 3), (143, 1)])
def test_a_seed_that_fails_is_named_and_the_others_count(
    child, code, train, fake, monkeypatch
):
    monkeypatch.setenv("BAD", "1")
    monkeypatch.setenv("CODE", str(child))
    result, out, err = train("--seeds", "0..2", "--jobs", 1, "--out", "group")
    assert result == code
    assert err.splitlines()[-1] == "Error: 1 of 3 seeds failed. seed 1: too bad."
    assert "seed 2: done" in out
    content = seeds_json()
    assert content["failed"] == {"1": "too bad."}
    assert (
        content["numbers"]["mse"]["mean"] == 1 and content["numbers"]["mse"]["n"] == 2
    )
    fake()
    monkeypatch.setenv("BAD", "-1")
    assert train("--seeds", "0..2", "--out", "group")[0] == 0
    assert fake() == ["resume seed-1"]


def test_a_signal_is_forwarded_and_no_other_seed_starts(fake):
    code = f"import keras_aae.cli.seeds; keras_aae.cli.seeds.PROGRAM = {keras_aae.cli.seeds.PROGRAM!r}; import keras_aae.cli.__main__"
    result = subprocess.run(
        [sys.executable, "-c", code, "train", "vae", "--seeds", "0..2", "--jobs", "1",
         "--out", "group"],
        env={**os.environ, "STOP": "1"}, capture_output=True, text=True, timeout=50,
    )  # fmt: skip
    assert result.returncode == 143, result.stderr
    assert "seed 0: stopped" in result.stdout
    assert result.stderr.startswith("Stopped by SIGTERM with 0 of 3 seeds done")
    assert "--out group" in result.stderr and fake() == ["train seed-0"]
    assert seeds_json()["failed"] == {}


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["--seeds", "0..1", "--seed", 1], 2, "--seed and --seeds"),
        (["--jobs", 2], 2, "--jobs requires --seeds"),
        (["--seeds", "5..2"], 2, "from the lower to the higher"),
        (["--seeds", "0,4000000000"], 1, "Invalid seed 4000000000"),
        (["--seeds", "0", "--epochs", 2, "--beta", 2, "--out", "group"], 1, "another recipe"),
        (["--seeds", "0", "--epochs", 1, "--out", "group"], 1, "2 epochs. Expected at most 1"),
        (["--seeds", "0", "--out", "group/seed-0"], 1, "no seeds.json"),
        (["--seeds", "0", "--out", "calls"], 1, "Cannot write"),
    ],
)  # fmt: skip
def test_invalid_requests_are_refused_and_change_nothing(args, code, message, train):
    train("--seeds", "0", "--epochs", 2, "--out", "group")
    before = seeds_json()
    result, _, err = train(*args)
    assert result == code and message in " ".join(err.split())
    assert seeds_json() == before


def test_numbers_on_different_data_are_not_put_together(train, monkeypatch):
    monkeypatch.setenv("DATA", "digits")
    train("--seeds", "0", "--out", "group")
    monkeypatch.setenv("DATA", "mnist")
    code, _, err = train("--seeds", "0,1", "--out", "group")
    assert code == 1 and "different data (0: toy, 1: toy)" in err


@pytest.mark.parametrize("name", RECIPES)
def test_the_command_of_a_seed_trains_the_same_recipe(name, tmp_path, monkeypatch):
    from keras_aae.cli.train import _recipe, train

    recipe = RECIPES[name].recipe
    folder = SeedFolder(tmp_path / "group", recipe)
    asked = {"data_dir": "a b", "checkpoint_seconds": 0.0}
    asked |= {"tensorboard": False, "evaluation": True, "figures": False}
    words = keras_aae.cli.seeds._command(folder, 7, asked)[
        len(keras_aae.cli.seeds.PROGRAM) + 1 :
    ]
    params = train.make_context("train", words).params
    assert {key: params.pop(key) for key in asked} == asked
    assert params.pop("out") == str(folder.run_path(7))
    assert params.pop("progress") == "json" and not params.pop("as_json")
    assert params.pop("seeds") is None is params.pop("jobs")
    first = [params.pop(key) for key in ("model", "recipe")]
    settings = dict(params.pop("settings"))
    assert _recipe(*first, settings, params).to_dict() == json.loads(
        json.dumps(recipe.replace(seed=7).to_dict())
    )


@pytest.mark.long
def test_two_real_seeds(toy_npz, tmp_path):
    command = [
        sys.executable, "-m", "keras_aae.cli", "train", "autoencoder", "--dataset", toy_npz,
        "--hidden-units", "4", "--latent-dim", "2", "--batch-size", "8", "--epochs", "1",
        "--execution", "graph", "--no-figures", "--seeds", "0,1", "--out",
        tmp_path / "group", "--json",
    ]  # fmt: skip
    first, again = (
        subprocess.run(list(map(str, command)), capture_output=True, text=True)
        for _ in range(2)
    )
    assert first.returncode == 0, first.stderr
    answer = json.loads(first.stdout)
    losses = [run["metrics"]["mse"] for run in answer["runs"]]
    assert losses[0] != losses[1] and answer["numbers"]["mse"]["n"] == 2
    assert answer["numbers"]["mse"]["mean"] == pytest.approx(np.mean(losses))
    runs = [RunFolder(tmp_path / "group" / f"seed-{seed}") for seed in (0, 1)]
    assert [run.recipe.seed for run in runs] == [0, 1]
    assert json.loads(again.stdout) == answer
    assert "Already trained: 0, 1" in again.stderr and "epoch" not in again.stderr
