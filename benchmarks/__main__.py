"""The program `python -m benchmarks`, which prints a report in Markdown."""

import argparse
import sys
from functools import partial
from pathlib import Path

from benchmarks import machine, report
from benchmarks.contenders import GROUPS, HOPELESS_ROUNDS
from benchmarks.rounds import take_rounds, worker_of
from benchmarks.targets import targets

ROUNDS, QUICK_ROUNDS = 7, 3
# Images per turn: an epoch, 50 steps of 128 (XLA convolutions are slow), or 200 steps
# of three batches of four.
IMAGES = dict.fromkeys(GROUPS, 60_000) | {"conv": 6_400, "sen": 2_400}
QUICK_IMAGES = dict.fromkeys(GROUPS, 12_800) | {"conv": 1_280, "sen": 600}
TITLES = {
    "dense": "Dense VAE 784-500-2, one epoch",
    "conv": "Convolutional VAE 32-64, 4x4, stride 2",
    "aae": "Adversarial autoencoder of the recipe aae-gaussian, one epoch",
    "sen": "Shared-encoding network of the recipe sen-mnist-small",
}


def main() -> None:
    """Run the requested benchmarks."""
    arguments = _parse()
    where = machine.describe()
    wanted = [arguments.only] if arguments.only else [*GROUPS, "cli"]
    readings = {g: _measure(g, arguments) for g in wanted if g in GROUPS}
    commands = _measure_commands() if "cli" in wanted else {}
    found = targets(readings, _facts(readings, commands))
    sections = [
        report.head(where, _images_used(readings), arguments.rounds),
        report.target_section(found),
        *(_section(group, readings[group], arguments) for group in readings),
        *([report.help_section(commands)] if commands else []),
    ]
    text = "\n\n".join(sections) + "\n"
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


def _parse():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, help=f"turns of each contender, default {ROUNDS}"
    )
    parser.add_argument(
        "--quick", action="store_true",
        help=f"{QUICK_ROUNDS} rounds, fewer images, without very slow contenders",
    )  # fmt: skip
    parser.add_argument(
        "--images", type=int, help="images per turn, in place of the defaults"
    )
    parser.add_argument("--only", choices=[*GROUPS, "cli"])
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="also write the report to FILE"
    )
    arguments = parser.parse_args()
    if arguments.rounds is None:
        arguments.rounds = QUICK_ROUNDS if arguments.quick else ROUNDS
    if arguments.rounds < 1 or (arguments.images or 1) < 1:
        parser.error("Invalid --rounds or --images. Expected numbers of at least 1.")
    return arguments


def _image_count(group, arguments) -> int:
    return arguments.images or (QUICK_IMAGES if arguments.quick else IMAGES)[group]


def _measure(group, arguments):
    """Return the group's readings; `missing` says why a contender has none."""
    count = _image_count(group, arguments)
    starters, limits, missing = {}, {}, {}
    for label, contender in GROUPS[group].items():
        if not contender.installed:
            missing[label] = f"{contender.package} is not installed."
        elif contender.hopeless and arguments.quick:
            missing[label] = "skipped by --quick."
        else:
            starters[label] = partial(worker_of, group, label, contender, count)
            if contender.hopeless:
                limits[label] = HOPELESS_ROUNDS
    rounds = 0 if group == "cost" else arguments.rounds
    readings = take_rounds(
        starters, rounds, limits, lambda text: _log(f"{group}: {text}")
    )
    readings.missing.update(missing)
    return readings


def _measure_commands():
    # Only this group needs click.
    from benchmarks import help_time

    _log("cli: --help of every command")
    return help_time.measure()


def _log(text):
    print(text, file=sys.stderr, flush=True)


def _images_used(readings) -> str:
    """Return the source of the workers' images."""
    used = {info["images"] for r in readings.values() for info in r.info.values()}
    return " and ".join(sorted(used)) or "none"


def _facts(readings, commands) -> dict:
    facts = {}
    cost = readings["cost"].info if "cost" in readings else {}
    if "memory" in cost:
        facts["megabytes"] = cost["memory"]["megabytes"]
    if "checkpoints" in cost:
        facts["checkpoint_share"] = cost["checkpoints"]["share"]
    if commands:
        facts["help_seconds"] = max(r["seconds"] for r in commands.values())
        facts["help_keras"] = sum(r["keras"] for r in commands.values())
    return facts


def _section(group, readings, arguments) -> str:
    count = _image_count(group, arguments)
    if group in TITLES:
        batch = "three batches of 4" if group == "sen" else "batch 128"
        title = f"{TITLES[group]}: {count:,} images, {batch}"
        return report.epoch_section(title, readings, GROUPS[group], count)
    if group == "codes":
        return report.codes_section(readings, count)
    return report.cost_section(readings)


if __name__ == "__main__":
    main()
