"""Kinds of results: recipes, comparisons, sweeps and transfers."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from keras_aae.data import load_resized
from keras_aae.evaluation import evaluate, metric_version
from keras_aae.evaluation.transferring import compare, numbers, of_classes
from keras_aae.experiments import COMPARISONS, RECIPES, SWEEPS, TRANSFERS, Experiment
from keras_aae.figures import save
from keras_aae.figures.confusion import confusion_matrix
from keras_aae.figures.labeled_samples import guessed_samples
from keras_aae.figures.sweep_curve import sweep_curve
from keras_aae.files import write_json
from keras_aae.publishing.figure_file import FigureFile, figure_files
from keras_aae.publishing.origin import Origin
from keras_aae.publishing.recipe_runs import RecipeRuns
from keras_aae.publishing.results import (
    ComparisonRecord,
    RecipeRecord,
    Record,
    SeedResult,
    SweepRecord,
    TransferRecord,
    comparison_picture,
    metrics_of,
    sweep_picture,
    transfer_pictures,
)
from keras_aae.publishing.sections import headline, transfer_headline
from keras_aae.publishing.source import (
    Source,
    evaluate_source,
    export_comparison,
    export_figure,
)
from keras_aae.recipe import Recipe


class Result:
    """Result in the results folder, made from the runs of recipes.

    Each kind of result reads, begins and completes a record.

    Args:
        results: Results folder.
        name: Name of the result.
        recipes: Experiments or sweeps that the result is made from, by name.
        pictures: Names of its figure files in the folder.
        **settings: Initial values of the record. A record with other values is stale.
    """

    record_class: type[Record] = Record

    def __init__(
        self,
        results: Path,
        name: str,
        recipes: dict[str, Any],
        pictures: Iterable[str],
        **settings: Any,
    ):
        self.name, self.recipes, self.settings = name, recipes, settings
        self.record = results / self.record_class.file(name)
        self.pictures = [results / picture for picture in pictures]

    def read(self) -> Any:
        """Return the record; None if there is none with the current settings."""
        kept = self.record_class.read(self.record)
        if kept is None or list(kept.origins) != list(self.recipes):
            return None
        same = all(getattr(kept, key) == value for key, value in self.settings.items())
        return kept if same else None

    def begin(self, origins: dict[str, Origin]) -> Any:
        """Return an empty record.

        Args:
            origins: Current origins of the recipes, by name.
        """
        return self.record_class(origins, **self.settings)

    def write(self, kept: Any) -> None:
        """Replace the record."""
        self.record.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.record, asdict(kept))

    def remove(self) -> None:
        """Remove the record and its figures, so that new numbers get new figures."""
        for path in (self.record, *self.pictures):
            path.unlink(missing_ok=True)
        self.record.parent.mkdir(parents=True, exist_ok=True)

    def complete(self, kept: Any, runs: RecipeRuns) -> tuple[Any, list[str]]:
        """Make the missing parts.

        Args:
            kept: Record with current origins.
            runs: Runs of the recipes.

        Returns:
            The complete record, and the actions taken for it.
        """
        raise NotImplementedError

    def headline(self, kept: Any) -> str:
        """Return the first number as text; "" without numbers."""
        return ""


class RecipeResult(Result):
    """Figures of a recipe and the metrics of every seed."""

    record_class = RecipeRecord

    def __init__(self, results: Path, name: str):
        self.experiment = RECIPES[name]
        self.figures = figure_files(self.experiment)
        self.folder = results / name
        pictures = [f"{name}/{figure.file}" for figure in self.figures]
        super().__init__(results, name, {name: self.experiment}, pictures)

    def complete(
        self, kept: RecipeRecord, runs: RecipeRuns
    ) -> tuple[RecipeRecord, list[str]]:
        """Train, evaluate and draw the missing parts."""
        measured, seeds = kept.by_seed, self.experiment.seeds
        figures = [
            figure
            for figure, path in zip(self.figures, self.pictures, strict=True)
            if not kept.runs or not path.exists()
        ]
        needed = [s for s in seeds if s not in measured or (s == seeds[0] and figures)]
        trained = {s: runs.train(*self._run(kept, s)) for s in needed}
        if not kept.runs:
            self.remove()
        for seed, (source, _) in trained.items():
            if seed not in measured:
                measured[seed] = _measure(source, self.experiment)
            for figure in figures if seed == seeds[0] else ():
                out = self.folder / figure.file
                export_figure(figure.kind, source, out, **figure.options)
        self._remove_others()
        again = [self._measure_again(kept, measured[seed], runs) for seed in seeds]
        actions = [action for _, action in trained.values()]
        if again != [measured[seed] for seed in seeds]:
            actions.append("reused")
        return replace(kept, runs=again), actions

    def _run(self, kept: RecipeRecord, seed: int) -> tuple[Recipe, Origin]:
        return self.experiment.recipe.replace(seed=seed), kept.origins[self.name]

    def _measure_again(
        self, kept: RecipeRecord, measured: SeedResult, runs: RecipeRuns
    ) -> SeedResult:
        """Evaluate missing and outdated metrics if the run exists."""
        names = metrics_of(self.experiment)
        asked = measured.missing(names) + measured.outdated(names)
        source = runs.find(*self._run(kept, measured.seed)) if asked else None
        if source is None:
            return measured
        found = evaluate(
            source.model, source.dataset, seed=source.seed, names=asked, strict=False
        )
        return measured.with_metrics(asked, found)

    def _remove_others(self) -> None:
        """Remove figures that the recipe no longer has."""
        for path in self.folder.iterdir():
            if path.suffix in (".png", ".gif") and path not in self.pictures:
                path.unlink()

    def headline(self, kept: RecipeRecord) -> str:
        """Return our first metric with its published number, as text."""
        return headline(self.experiment, kept)


class ComparisonResult(Result):
    """Figure that compares several recipes, or that needs no recipe."""

    record_class = ComparisonRecord

    def __init__(self, results: Path, name: str):
        comparison = COMPARISONS[name]
        self.figure = FigureFile(comparison.figure)
        recipes = {recipe: RECIPES[recipe] for recipe in comparison.recipes}
        picture, figure = comparison_picture(comparison), self.figure.name
        super().__init__(results, name, recipes, [picture], figure=figure)

    def begin(self, origins: dict[str, Origin]) -> ComparisonRecord:
        """Return a record without a figure."""
        return ComparisonRecord(origins)

    def complete(
        self, kept: ComparisonRecord, runs: RecipeRuns
    ) -> tuple[ComparisonRecord, list[str]]:
        """Draw the figure if it is missing."""
        (picture,) = self.pictures
        if kept.figure and picture.exists():
            return kept, []
        trained = [
            runs.train(wanted.recipe, kept.origins[name])
            for name, wanted in self.recipes.items()
        ]
        self.remove()
        sources = [source for source, _ in trained]
        export_comparison(self.figure.kind, sources, picture, **self.figure.options)
        actions = [action for _, action in trained] or ["reused"]
        return replace(kept, figure=self.figure.name), actions


class SweepResult(Result):
    """Metric of a recipe as a function of one recipe field: numbers and curve."""

    record_class = SweepRecord

    def __init__(self, results: Path, name: str):
        self.sweep = SWEEPS[name]
        version = metric_version(self.sweep.metric)
        recipes, pictures = {name: self.sweep}, [sweep_picture(name)]
        super().__init__(results, name, recipes, pictures, version=version)

    def complete(
        self, kept: SweepRecord, runs: RecipeRuns
    ) -> tuple[SweepRecord, list[str]]:
        """Train, evaluate and draw the missing parts."""
        sweep, (picture,) = self.sweep, self.pictures
        actions: list[str] = []
        if not kept.numbers:
            self.remove()
        for value in sweep.values:
            for seed in sweep.seeds:
                if not kept.has(value, seed):
                    recipe = sweep.recipe.replace(**{sweep.value: value, "seed": seed})
                    source, action = runs.train(recipe, kept.origins[self.name])
                    kept.add(value, seed, _number(source, sweep.metric))
                    self.write(kept)
                    actions.append(action)
        if actions or not picture.exists():
            found = {value: kept.at(value) for value in sweep.values}
            drawn = sweep_curve(found, sweep.value, sweep.metric, sweep.published)
            save(drawn, picture)
            actions.append("reused")
        return kept, actions


class TransferResult(Result):
    """Accuracy of classifiers on frozen codes of another data set, with two figures."""

    record_class = TransferRecord

    def __init__(self, results: Path, name: str):
        self.study = TRANSFERS[name]
        self.recipe = self.study.recipe
        recipes, pictures = {self.recipe: RECIPES[self.recipe]}, transfer_pictures(name)
        settings = self.study.settings
        super().__init__(results, name, recipes, pictures, settings=settings)

    def complete(
        self, kept: TransferRecord, runs: RecipeRuns
    ) -> tuple[TransferRecord, list[str]]:
        """Evaluate and draw everything if a part is missing."""
        if kept.numbers and all(picture.exists() for picture in self.pictures):
            return kept, []
        wanted = self.recipes[self.recipe].recipe
        source, action = runs.train(wanted, kept.origins[self.recipe])
        self.remove()
        classes, found = self._measure(source, runs.data_dir)
        return replace(kept, classes=classes, numbers=found), [action]

    def _measure(
        self, source: Source, data_dir: str | None
    ) -> tuple[list[str], dict[str, Any]]:
        """Draw the figures; return the class names and the numbers."""
        study = self.study
        data = load_resized(study.dataset, source.model.image_shape, data_dir)
        data = of_classes(data, study.classes)
        encoders = source.encoders(baselines=study.baselines)
        found = compare(encoders, data, study.classifier, source.seed)
        test, (confusion_file, guesses_file) = found["codes"].test, self.pictures
        classes = [data.class_names[k] for k in np.unique(np.asarray(data.test.labels))]
        save(confusion_matrix(test.confusion, classes, data.note), confusion_file)
        save(guessed_samples(data, test.given, source.seed), guesses_file)
        return classes, numbers(found)

    def headline(self, kept: TransferRecord) -> str:
        """Return our numbers with the published ones, as text."""
        return transfer_headline(self.study, kept)


KINDS: tuple[tuple[dict[str, Any], Any], ...] = (
    (COMPARISONS, ComparisonResult),
    (SWEEPS, SweepResult),
    (TRANSFERS, TransferResult),
    (RECIPES, RecipeResult),
)


def result_of(name: str, results: str | Path) -> Result:
    """Return the result NAME of a results folder, whether it exists yet or not."""
    kind = next(kind for menu, kind in KINDS if name in menu)
    return kind(Path(results), name)


def _number(source: Source, metric: str) -> float:
    values = evaluate(source.model, source.dataset, seed=source.seed, names=(metric,))
    return values[metric]


def _measure(source: Source, experiment: Experiment) -> SeedResult:
    run = source.require_run()
    history = run.history
    last = {f"train_{term}": history[-1][term] for term in source.model.terms}
    measured = SeedResult(
        seed=run.recipe.seed,
        epochs=len(history),
        seconds=round(sum(row["seconds"] for row in history), 1),
        environment={k: run.environment.get(k) for k in ("engine", "device", "cpus")},
        metrics=last,
    )
    found = evaluate_source(source, experiment.metrics)
    return measured.with_metrics(metrics_of(experiment), found)
