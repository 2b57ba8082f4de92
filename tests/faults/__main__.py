"""All cases, on all cores: a Markdown table, and exit code 1 unless all is well.

python -m faults --tries 50 --write tests/faults/RESULTS.md

Every training is a copy of a process that has imported Keras and done nothing else, which
is why thousands of them take minutes. PyTorch, which compiles nothing, takes most tries.
"""

import argparse
import importlib.util
import json
import os
import platform
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from faults.cases import CASES
from keras_aae.registry import MODELS

# Share of the tries for each engine. Engines after the first run only the cases that
# apply to every family.
ENGINES = {"torch": 1.0, "tensorflow": 0.1, "jax": 0.02}
FAMILY = "vae"


def main(arguments=None) -> int:
    """Run the command; return 1 if anything was lost or wrong, otherwise 0."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _options(arguments)
    started = time.monotonic()
    with ThreadPoolExecutor(options.jobs) as pool:
        parts = list(
            pool.map(lambda unit: run_unit(*unit, options.seed), plan(options))
        )
    results = [result for part in parts for result in part]
    text = report(results, arguments, (time.monotonic() - started) / 60)
    print(text)
    if options.write:
        Path(options.write).write_text(text, encoding="utf-8")
    return int(any(result["lost"] or result["wrong"] for result in results))


def _options(arguments):
    installed = [name for name in ENGINES if importlib.util.find_spec(name)]
    parser = argparse.ArgumentParser("faults", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--tries", type=int, default=50, help="number of kills of every family"
    )
    parser.add_argument("--families", type=_names, default=list(MODELS))
    parser.add_argument("--engines", type=_names, default=installed)
    parser.add_argument(
        "--cases", type=_names, help="run only cases whose name contains one of these"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", help="write the table to this file")
    return parser.parse_args(arguments)


def _names(text):
    return text.split(",")


def plan(options) -> list[tuple[str, list]]:
    """(engine, its (case, family, tries)) of each process, in the order of the table."""
    units = []
    for number, engine in enumerate(options.engines):
        chosen = {
            name: (case, max(1, round(options.tries * ENGINES[engine] * case.share)))
            for name, case in CASES.items()
            if options.cases is None or any(part in name for part in options.cases)
        }
        for family in options.families:
            items = [(n, family, t) for n, (c, t) in chosen.items() if c.every_family]
            units.append((engine, items))
        if number == 0:
            alone = [
                (n, FAMILY, t) for n, (c, t) in chosen.items() if not c.every_family
            ]
            units += [(engine, [item]) for item in alone]
    return [unit for unit in units if unit[1]]


def run_unit(engine: str, items, seed: int) -> list[dict]:
    """Run some cases in a separate process and return their results."""
    environment = os.environ | {
        "KERAS_BACKEND": engine, "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3",
    }  # fmt: skip
    command = [sys.executable, "-m", "faults.worker", json.dumps(items), str(seed)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    for case, family, _ in items[len(results) :]:
        wrong = [f"the worker ended by {done.returncode}: {done.stderr[-1500:]}"]
        lacking = {"case": case, "family": family, "tries": 0, "seconds": 0.0}
        results.append(lacking | {"lost": [], "wrong": wrong})
    results = [result | {"engine": engine} for result in results]
    for result in results:
        print(_row(result), file=sys.stderr, flush=True)
        for what in result["lost"] + result["wrong"]:
            print(f"    {what}", file=sys.stderr, flush=True)
    return results


def report(results: list[dict], arguments, minutes: float) -> str:
    """Return the table of results, with the command that made it."""
    totals = (sum(len(r[k]) if k != "tries" else r[k] for r in results)
              for k in ("tries", "lost", "wrong"))  # fmt: skip
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("keras", *_engines(results))
    )
    command = shlex.join(["python", "-m", "faults", *arguments])
    lines = [
        f"Made by `PYTHONPATH=tests {command}` in {minutes:.0f} minutes on "
        f"{os.cpu_count()} cores ({platform.machine()}, {packages}).",
        "",
        "| case | family | engine | tries | lost | wrong |",
        "|---|---|---|--:|--:|--:|",
        *(_row(result) for result in results),
        f"| **all** | | | {' | '.join(f'**{total:,}**' for total in totals)} |",
        "",
    ]
    return "\n".join(lines)


def _engines(results):
    return sorted({result["engine"] for result in results})


def _row(result) -> str:
    cells = (
        result["case"], result["family"], result["engine"], result["tries"],
        len(result["lost"]), len(result["wrong"]),
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    sys.exit(main())
