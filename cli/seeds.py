"""The option `train --seeds`: one recipe trained with several seeds in parallel."""

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keras_aae.errors import Interrupted, KerasAAEError
from keras_aae.recipe import Recipe, training_words

from .events import emit
from .seed_progress import listening_to
from .tables import print_rows

if TYPE_CHECKING:
    from keras_aae.training.seeds import SeedFolder

    from .processes import End

# -P: do not import a folder named keras_aae in the working directory.
PROGRAM = [sys.executable, "-P", "-m", "keras_aae.cli"]
MOST = 1000


class Seeds(click.ParamType):  # type: ignore[type-arg]
    """Whole numbers and inclusive ranges: 0..9 or 0,3,7 or 0..2,10."""

    name = "a..b|n,n,..."

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        try:
            return parse_seeds(value)
        except KerasAAEError as error:
            self.fail(str(error), param, ctx)


def parse_seeds(text: str) -> list[int]:
    """Return the seeds in a text, in order.

    Raises:
        KerasAAEError: The text holds no seeds, too many, or duplicates.
    """
    seeds = [seed for part in text.split(",") for seed in _range(part.strip())]
    twice = sorted({seed for seed in seeds if seeds.count(seed) > 1})
    if twice:
        raise KerasAAEError(
            f"Invalid seeds {text!r}. Expected every seed once. Remove the second "
            f"{' and '.join(map(str, twice))}."
        )
    return seeds


def _range(part: str) -> range:
    match = re.fullmatch(r"(\d+)(?:\.\.(\d+))?", part, re.ASCII)
    if not match:
        raise KerasAAEError(
            f"Invalid seeds {part!r}. Expected numbers or ranges, e.g. 0..9 or 0,3,7."
        )
    first, last = int(match[1]), int(match[2] or match[1])
    if not first <= last < first + MOST:
        raise KerasAAEError(
            f"Invalid seeds {part!r}, a range of {max(0, last - first + 1):,} seeds. "
            f"Expected 1 to {MOST}, from the lower to the higher, e.g. 0..9."
        )
    return range(first, last + 1)


def train_seeds(
    recipe: Recipe,
    seeds: list[int],
    jobs: int | None,
    out: str | None,
    as_json: bool,
    progress: str = "text",
    **asked: Any,
) -> None:
    """Train the seeds that are not finished yet, and print statistics over all.

    Args:
        recipe: Recipe to train; its own seed is ignored.
        seeds: Seeds to train with.
        jobs: Number of parallel trainings, or None for the default.
        out: Folder of the runs, or None for a new one.
        as_json: Print the result as JSON.
        progress: "text", or "json" for the events of `train` with their seed.
        **asked: Options of every training: data_dir, checkpoint_seconds, tensorboard,
            evaluation, figures.

    Raises:
        KerasAAEError: A seed failed; the others are trained nevertheless.
        Interrupted: A stop signal was received.
    """
    from keras_aae.training.seeds import SeedFolder

    from .processes import ParallelProcesses

    for seed in seeds:
        recipe.replace(seed=seed)
    folder = SeedFolder(out or SeedFolder.new_path(recipe), recipe)
    commands = {
        seed: _command(folder, seed, asked)
        for seed in seeds
        if not folder.complete(
            seed, evaluation=asked["evaluation"], figures=asked["figures"]
        )
    }
    folder.write(seeds, {})
    places = _shares(jobs, len(commands))
    _announce(folder, seeds, commands, places, as_json or progress == "json")
    with listening_to(commands, recipe.epochs, as_json, progress) as listener:
        processes = ParallelProcesses(places, listener, _environment())
        ends = processes.run(commands)
    if processes.stopped is not None:
        ends = {s: e for s, e in ends.items() if e.code != 128 + processes.stopped}
    failed = {seed: end for seed, end in ends.items() if end.code}
    reasons = {seed: listener.reason(seed, end) for seed, end in failed.items()}
    answer = folder.write(seeds, reasons)
    _print(folder, answer, as_json, progress)
    if processes.stopped is not None:
        done = len(answer["runs"])
        raise _interrupted(processes.stopped, folder.path, done, len(seeds))
    if failed:
        raise _failure(failed, reasons, len(seeds))


def _command(folder: "SeedFolder", seed: int, asked: dict[str, Any]) -> list[str]:
    """Return the command line of one seed, which starts or resumes its run."""
    path, recipe = str(folder.run_path(seed)), folder.recipe
    if folder.begun(seed):
        folder.make_ready(seed)
        words = ["resume", path, "--epochs", str(recipe.epochs)]
    else:
        words = [*training_words(recipe.replace(seed=seed)), "--out", path]
    for name in ("data_dir", "checkpoint_seconds"):
        if asked[name] is not None:
            words += [f"--{name.replace('_', '-')}", str(asked[name])]
    words += [
        f"--{'' if asked[name] else 'no-'}{name}" for name in ("evaluation", "figures")
    ]
    words += ["--tensorboard"] if asked["tensorboard"] else []
    words += ["--debug"] if "--debug" in sys.argv else []
    return [*PROGRAM, *words, "--progress", "json"]


def _environment() -> dict[str, Any]:
    """Return the environment without options of `train` and `resume`."""
    ours = ("KERAS_AAE_TRAIN_", "KERAS_AAE_RESUME_")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)}


def _shares(jobs: int | None, count: int) -> list[list[int]]:
    from .processes import available_cores, has_gpu, shares

    cores = available_cores()
    # One training takes all memory of a GPU.
    most = jobs or (1 if has_gpu() else len(cores))
    return shares(cores, max(1, min(most, count)))


def _announce(
    folder: "SeedFolder",
    seeds: list[int],
    commands: dict[int, list[str]],
    places: list[list[int]],
    as_json: bool,
) -> None:
    reused = [str(seed) for seed in seeds if seed not in commands]
    if reused:
        click.echo(f"Already trained: {', '.join(reused)}", err=as_json)
    if commands:
        cores = "1 core" if len(places[0]) == 1 else f"{len(places[0])} cores"
        click.echo(
            f"Seeds {', '.join(map(str, commands))} in {folder.path}, {len(places)} at "
            f"a time on {cores} each",
            err=as_json,
        )


def _print(
    folder: "SeedFolder", answer: dict[str, Any], as_json: bool, progress: str
) -> None:
    if progress == "json":
        emit({"event": "done", "out": str(folder.path)} | answer)
        return
    if as_json:
        click.echo(json.dumps({"out": str(folder.path)} | answer))
        return
    rows = [["metric", "mean", "sd", "95 % interval of the mean", "seeds"]]
    for name, of in answer["numbers"].items():
        interval = "" if of["sd"] is None else f"{of['low']:.5g} to {of['high']:.5g}"
        sd = "" if of["sd"] is None else f"{of['sd']:.2g}"
        rows.append([name, f"{of['mean']:.5g}", sd, interval, str(of["n"])])
    if len(rows) > 1:
        print_rows(rows)
    click.echo(f"Seeds:   {folder.path / 'seeds.json'}")


def _interrupted(signum: int, path: Path, done: int, count: int) -> Interrupted:
    """Return the error of a stop signal, with the command to resume."""
    return Interrupted(
        signum,
        f" with {done} of {count} seeds done; the running ones are saved. Resume with "
        f"the same command and --out {path}.",
    )


def _failure(
    failed: "dict[int, End]", reasons: dict[int, str], count: int
) -> KerasAAEError:
    """Return one error for all seeds that failed."""
    from keras_aae.errors import DivergedError, RunError

    kind = DivergedError if any(e.code == 3 for e in failed.values()) else RunError
    texts = "; ".join(f"seed {seed}: {reason}" for seed, reason in reasons.items())
    return kind(f"{len(failed)} of {count} seeds failed. {texts}")
