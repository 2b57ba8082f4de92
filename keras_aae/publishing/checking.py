"""Checks of kept results: whether recipes still compute what the results were made of."""

import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context

import keras

from keras_aae.engine.backend import engine
from keras_aae.errors import DataError
from keras_aae.publishing.origin import (
    Origin,
    describe_data,
    moved_data,
    moved_number,
    moved_value,
    plain,
    source_hash,
)
from keras_aae.publishing.probe import first_images, probe, stand_in_for
from keras_aae.recipe import Recipe
from keras_aae.training.build import load_data
from keras_aae.training.session import Reporter

# Probes run on this engine and device, whatever the process itself trains on.
ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "KERAS_FLOATX": "float32",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


@dataclass(frozen=True)
class Verdict:
    """Answer to the question whether a kept result is current.

    Args:
        origin: The one that a result made now has; None if that cannot be told.
        moved: What of the kept origin differs, in words; "" if nothing does.
        unknown: Why it cannot be told, in words; "" if it can.
    """

    origin: Origin | None
    moved: str = ""
    unknown: str = ""


@dataclass(frozen=True)
class OriginChecks:
    """Compares kept origins with today's; computes probes only where the code differs.

    Args:
        data_dir: Where to look for data first.
        reporter: Receives what takes long.
    """

    data_dir: str | None = None
    reporter: Reporter = field(default_factory=Reporter)
    _data: dict = field(default_factory=dict)
    _probes: dict = field(default_factory=dict)

    def check(self, recipe: Recipe, version: int, kept: Origin | None) -> Verdict:
        """Compare a kept origin with the one that the recipe has now.

        Raises:
            DataError: the result is stale, and the data to make it cannot be loaded.
        """
        moved = _moved_statement(recipe, version, kept)
        if moved:
            return Verdict(self.origin(recipe, version), moved)
        try:
            data, _ = self._load(recipe)
        except DataError as error:
            return self._check_without_data(recipe, kept, error)
        if moved := moved_data(kept.data, data):
            return Verdict(self.origin(recipe, version), moved)
        if kept.source == source_hash():
            return Verdict(kept)
        now = self.origin(recipe, version)
        return Verdict(now, moved_number(kept.probe, now.probe))

    def origin(self, recipe: Recipe, version: int) -> Origin:
        """Return the origin that a result of the recipe has now.

        Raises:
            DataError: the data cannot be loaded.
        """
        data, images = self._load(recipe)
        if _key(recipe) not in self._probes:
            self.reporter.note(f"Checking what {recipe.name} computes")
            self._probes[_key(recipe)] = _probe_once(recipe, _datasets(data, images))
        probes = self._probes[_key(recipe)]
        return Origin(plain(recipe), version, data, source_hash(), probes)

    def prepare(self, asked) -> None:
        """Compute the probes that `check` will ask for, several at a time.

        Args:
            asked: The (recipe, version, kept) of many checks.
        """
        jobs = {}
        for recipe, version, kept in asked:
            if self._needs_probe(recipe, version, kept):
                jobs[_key(recipe)] = (recipe, _datasets(*self._load(recipe)))
        if len(jobs) < 2:
            return
        with _processes(len(jobs)) as pool:
            futures = {key: pool.submit(_probe, *job) for key, job in jobs.items()}
            for number, (key, future) in enumerate(futures.items(), 1):
                self.reporter.note(
                    f"The code is another: checking recipe {number} of {len(jobs)}"
                )
                self._probes[key] = future.result()

    def _needs_probe(self, recipe, version, kept) -> bool:
        if _moved_statement(recipe, version, kept) or kept.source == source_hash():
            return False
        try:
            data, _ = self._load(recipe)
        except DataError:
            return False
        return not moved_data(kept.data, data)

    def _check_without_data(self, recipe, kept, error) -> Verdict:
        """Compare at least what needs no data."""
        moved = ""
        if kept.source != source_hash():
            now = _probe_once(recipe, {"stand_in": stand_in_for(kept.data)})
            moved = moved_number(kept.probe, now, ignore=("images",))
        if moved:
            raise error
        return Verdict(None, unknown=str(error))

    def _load(self, recipe: Recipe) -> tuple:
        """Return what identifies the recipe's data, and the first images of it."""
        # The seed chooses images only where their number is limited.
        seed = recipe.seed if recipe.limit else 0
        key = (recipe.dataset, recipe.image_size, recipe.channels, recipe.limit, seed)
        if key not in self._data:
            dataset = load_data(recipe, self.data_dir)
            self._data[key] = (describe_data(dataset), first_images(dataset))
        return self._data[key]


def _moved_statement(recipe: Recipe, version: int, kept: Origin | None) -> str:
    """Return what differs of all that an experiment states; "" if nothing does."""
    if kept is None:
        return "there is no result yet"
    if version != kept.version:
        return f"version was {kept.version} and is {version}"
    return moved_value(kept.recipe, plain(recipe))


def _datasets(data: dict, images) -> dict:
    return {"stand_in": stand_in_for(data), "images": images}


def _key(recipe: Recipe) -> tuple:
    return recipe.fingerprint, recipe.epochs


def _probe(recipe: Recipe, datasets: dict) -> dict[str, dict]:
    return {name: probe(recipe, dataset) for name, dataset in datasets.items()}


def _probe_once(recipe: Recipe, datasets: dict) -> dict[str, dict]:
    """Probe in this process if it is on the engine of probes, else in another."""
    is_tensorflow = keras.backend.backend() == "tensorflow"
    if is_tensorflow and keras.config.floatx() == "float32" and _is_on_cpu():
        return _probe(recipe, datasets)
    with _processes(1) as pool:
        return pool.submit(_probe, recipe, datasets).result()


def _is_on_cpu() -> bool:
    return engine.describe_device().startswith("CPU")


@contextmanager
def _processes(jobs: int):
    """Start processes on the engine of probes."""
    before = {name: os.environ.get(name) for name in ENVIRONMENT}
    os.environ.update(ENVIRONMENT)
    workers = min(jobs, os.cpu_count() or 1)
    try:
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            yield pool
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
