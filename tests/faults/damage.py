"""Damaged files: they must be detected, reported and never used."""

import json
import random
import resource
import shutil
import time

import numpy as np

from faults.bench import Bench, Tally
from faults.mutation import damaged, mutated_file
from faults.processes import run
from faults.states import tensors_sha256
from keras_aae.data.loading import load_dataset
from keras_aae.errors import DataError, ModelFileError, RunError
from keras_aae.model_files.saving import load_model
from keras_aae.runs.checkpoints import Checkpoints

# What refusing a file may cost, and the room that an undamaged one takes.
MOST_SECONDS, MOST_BYTES = 2.0, 500 * 2**20


def damaged_checkpoints(bench: Bench, tries: int) -> Tally:
    """Truncate a file of the newest checkpoint, or flip a bit in it."""
    tally, expected = Tally(), bench.whole
    path = bench.new_folder() / "checkpoints"
    while expected and tally.tries < tries:
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(bench.finished / "checkpoints", path)
        newest = path / expected["checkpoint"]
        file = bench.random.choice(sorted(newest.iterdir()))
        whole = file.read_bytes()
        file.write_bytes(damaged(whole, bench.random))
        tally.tries += 1
        where = f"{file.name}, {tally.tries}"
        reports = []
        try:
            found = Checkpoints(path, bench.fingerprint).newest(reports.append)
        except RunError as error:
            tally.lost.append(f"{where}: {error}")
            continue
        if found == newest and not _same_json(file, whole):
            tally.wrong.append(f"{where}: it was believed")
        if found != newest and not (reports and newest.with_name(f"{newest.name}.bad")):
            tally.wrong.append(f"{where}: it was left out, and nobody was told")
    return tally


def _same_json(file, whole) -> bool:
    """Return whether only white space of a text changed."""
    if file.suffix != ".json":
        return False
    return json.loads(file.read_text()) == json.loads(whole)


def resume_after_damage(bench: Bench, tries: int) -> Tally:
    """Damage the newest checkpoint, and resume from the previous one."""
    tally, expected = Tally(), bench.whole
    while expected and tally.tries < tries:
        path = bench.new_folder()
        shutil.copytree(bench.finished, path)
        newest = path / "checkpoints" / expected["checkpoint"]
        file = newest / "state.keras"
        file.write_bytes(damaged(file.read_bytes(), bench.random))
        ended = bench.go_on(path)
        tally.tries += 1
        where = f"resumed {tally.tries}"
        tally.check_said(ended, (0,), where)
        if f"{newest.name} is damaged" not in ended.said:
            tally.wrong.append(f"{where}: nobody was told")
        tally.wrong += [f"{where}: {what}" for what in bench.differences(path)]
        if not newest.with_name(f"{newest.name}.bad").exists():
            tally.lost.append(f"{where}: what is damaged was not kept")
    return tally


def damaged_data(bench: Bench, tries: int) -> Tally:
    """Truncate a file of images, or flip a bit in it."""
    tally = Tally()
    whole = bench.data.read_bytes()
    fingerprint = load_dataset(bench.data).fingerprint
    # The name is part of what is compared.
    file = bench.new_folder() / bench.data.name
    file.parent.mkdir()
    while tally.tries < tries:
        file.write_bytes(damaged(whole, bench.random))
        tally.tries += 1
        try:
            found = load_dataset(file)
        except DataError:
            continue
        # The archive may have changed where nothing of it is read.
        same = np.array_equal(
            found.train.array(), load_dataset(bench.data).train.array()
        )
        if (found.fingerprint == fingerprint) and not same:
            tally.wrong.append(f"{tally.tries}: other images were believed")
    return tally


def fuzzed_models(bench: Bench, tries: int) -> Tally:
    """Change a model file anywhere, with or without matching checksums.

    The file is refused with a message at little cost, or gives a model with finite
    weights, which equal the original ones if the checksums are unchanged.
    """
    tally, expected = Tally(), bench.whole
    path = bench.finished / "model.keras"
    report = bench.new_folder()
    first = bench.random.randrange(2**31)

    def work():
        result = _fuzz(path, report.with_suffix(".keras"), first, tries)
        report.write_text(json.dumps(result))

    ended = run(work)
    tally.tries = tries if expected else 0
    if ended.code == 0:
        tally.wrong = json.loads(report.read_text())
    else:
        tally.wrong.append(f"the loader ended by {ended.code}: {ended.said[-600:]}")
    return tally


def _fuzz(path, target, first, tries) -> list[str]:
    load_model(path)
    tensors, wrong = tensors_sha256(path), []
    for seed in range(first, first + tries):
        made_right = mutated_file(path, target, random.Random(seed))
        room, started = _most_memory(), time.process_time()
        try:
            model = load_model(target)
            if not made_right and tensors_sha256(target) != tensors:
                wrong.append(f"seed {seed}: another model was believed")
            for weight in model.get_weights():
                if not np.all(np.isfinite(weight)):
                    wrong.append(f"seed {seed}: a weight is not finite")
        except ModelFileError:
            pass
        except Exception as error:
            wrong.append(f"seed {seed}: {error!r}")
        if time.process_time() - started > MOST_SECONDS:
            wrong.append(f"seed {seed}: {time.process_time() - started:.1f} s")
        if _most_memory() - room > MOST_BYTES:
            wrong.append(f"seed {seed}: {(_most_memory() - room) >> 20} MB")
    return wrong


def _most_memory() -> int:
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
