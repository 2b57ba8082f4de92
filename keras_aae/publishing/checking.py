"""Checks that kept results are current: that recipes still compute the same numbers."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

import keras

from keras_aae.data import Dataset
from keras_aae.engine.backend import engine
from keras_aae.errors import DataError
from keras_aae.publishing import worker
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

# Probes always run on this engine and device, whatever the process trains on.
ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "KERAS_FLOATX": "float32",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


@dataclass(frozen=True)
class Verdict:
    """Outcome of a check: current, stale or unknown.

    Args:
        origin: Origin that a result made now would have; None if unknown.
        moved: Description of the first difference from the kept origin; "" if none.
        unknown: Reason why the result cannot be checked; "" if it can.
    """

    origin: Origin | None
    moved: str = ""
    unknown: str = ""


@dataclass(frozen=True)
class OriginChecks:
    """Comparison of kept origins with the current ones.

    Probes are computed only where the source code differs.

    Args:
        data_dir: Folder to search for data first.
        reporter: Reporter of slow steps.
    """

    data_dir: str | None = None
    reporter: Reporter = field(default_factory=Reporter)
    _data: dict[tuple[Any, ...], tuple[dict[str, Any], Dataset]] = field(
        default_factory=dict
    )
    _probes: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)

    def check(self, recipe: Recipe, version: int, kept: Origin | None) -> Verdict:
        """Compare a kept origin with the recipe's current one.

        Args:
            recipe: Current recipe.
            version: Current version of the experiment.
            kept: Origin of the kept result; None without a result.

        Raises:
            DataError: if the result is stale and its data cannot be loaded.
        """
        moved = _moved_statement(recipe, version, kept)
        if kept is None or moved:
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
        """Return the recipe's current origin.

        Args:
            recipe: Current recipe.
            version: Current version of the experiment.

        Raises:
            DataError: if the data cannot be loaded.
        """
        data, images = self._load(recipe)
        if _key(recipe) not in self._probes:
            self.reporter.note(f"Checking the first steps of {recipe.name}")
            self._probes[_key(recipe)] = _probe_once(recipe, _datasets(data, images))
        probes = self._probes[_key(recipe)]
        return Origin(plain(recipe), version, data, source_hash(), probes)

    def prepare(self, asked: Iterable[tuple[Recipe, int, Origin | None]]) -> None:
        """Compute the probes that later calls of `check` need, in parallel.

        Args:
            asked: Arguments (recipe, version, kept) of the checks.
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
                    f"The code has changed: checking recipe {number} of {len(jobs)}"
                )
                self._probes[key] = future.result()

    def _needs_probe(self, recipe: Recipe, version: int, kept: Origin | None) -> bool:
        if kept is None or _moved_statement(recipe, version, kept):
            return False
        if kept.source == source_hash():
            return False
        try:
            data, _ = self._load(recipe)
        except DataError:
            return False
        return not moved_data(kept.data, data)

    def _check_without_data(
        self, recipe: Recipe, kept: Origin, error: DataError
    ) -> Verdict:
        """Compare the part of the probe that needs no data."""
        moved = ""
        if kept.source != source_hash():
            now = _probe_once(recipe, {"stand_in": stand_in_for(kept.data)})
            moved = moved_number(kept.probe, now, ignore=("images",))
        if moved:
            raise error
        return Verdict(None, unknown=str(error))

    def _load(self, recipe: Recipe) -> tuple[dict[str, Any], Dataset]:
        """Return a description of the recipe's data, and its first images."""
        # The seed selects images only where their number is limited.
        seed = recipe.seed if recipe.limit else 0
        key = (recipe.dataset, recipe.image_size, recipe.channels, recipe.limit, seed)
        if key not in self._data:
            dataset = load_data(recipe, self.data_dir)
            self._data[key] = (describe_data(dataset), first_images(dataset))
        return self._data[key]


def _moved_statement(recipe: Recipe, version: int, kept: Origin | None) -> str:
    """Return the first difference in version or recipe as text; "" if none."""
    if kept is None:
        return "there is no result yet"
    if version != kept.version:
        return f"version was {kept.version} and is {version}"
    return moved_value(kept.recipe, plain(recipe))


def _datasets(data: dict[str, Any], images: Dataset) -> dict[str, Dataset]:
    return {"stand_in": stand_in_for(data), "images": images}


def _key(recipe: Recipe) -> tuple[str, int]:
    return recipe.fingerprint, recipe.epochs


def _probe(recipe: Recipe, datasets: dict[str, Dataset]) -> dict[str, Any]:
    return {name: probe(recipe, dataset) for name, dataset in datasets.items()}


def _probe_once(recipe: Recipe, datasets: dict[str, Dataset]) -> dict[str, Any]:
    """Probe in this process if it has the right engine, else in another."""
    is_tensorflow = keras.backend.backend() == "tensorflow"
    if is_tensorflow and keras.config.floatx() == "float32" and _is_on_cpu():
        return _probe(recipe, datasets)
    with _processes(1) as pool:
        return pool.submit(_probe, recipe, datasets).result()


def _is_on_cpu() -> bool:
    return engine.describe_device().startswith("CPU")


@contextmanager
def _processes(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Start processes that run probes."""
    before = {name: os.environ.get(name) for name in ENVIRONMENT}
    os.environ.update(ENVIRONMENT)
    workers = min(jobs, os.cpu_count() or 1)
    try:
        with ProcessPoolExecutor(workers, get_context("spawn"), worker.start) as pool:
            yield pool
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
