"""Kinds of results: recipes, comparisons, sweeps and transfers, each in its files."""

from dataclasses import asdict, replace
from pathlib import Path

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


class Result:
    """Something that the results folder keeps, made of the runs of recipes.

    A kind of results reads, begins and completes a record.

    Args:
        results: The results folder.
        name: On the menu.
        recipes: The experiments or sweeps that it is made of, by their names.
        pictures: Files in the folder that are drawn of them.
        **settings: Values that a record begins with, and by which it is known to be of
            today's menu.
    """

    record_class = Record

    def __init__(self, results: Path, name: str, recipes: dict, pictures, **settings):
        self.name, self.recipes, self.settings = name, recipes, settings
        self.record = results / self.record_class.file(name)
        self.pictures = [results / picture for picture in pictures]

    def read(self):
        """Return the record, or None if there is none of today's recipes and settings."""
        kept = self.record_class.read(self.record)
        if kept is None or list(kept.origins) != list(self.recipes):
            return None
        same = all(getattr(kept, key) == value for key, value in self.settings.items())
        return kept if same else None

    def begin(self, origins: dict[str, Origin]):
        """Return a record of nothing yet."""
        return self.record_class(origins, **self.settings)

    def write(self, kept) -> None:
        """Replace the record."""
        self.record.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.record, asdict(kept))

    def remove(self) -> None:
        """Remove the record and its pictures, which are not those of new numbers."""
        for path in (self.record, *self.pictures):
            path.unlink(missing_ok=True)
        self.record.parent.mkdir(parents=True, exist_ok=True)

    def complete(self, kept, runs: RecipeRuns):
        """Make what is missing; return the record, and what was done for it."""
        raise NotImplementedError

    def headline(self, kept) -> str:
        """Return the first number as text, if there is one."""
        return ""


class RecipeResult(Result):
    """Figures of a recipe, and the numbers of every seed."""

    record_class = RecipeRecord

    def __init__(self, results: Path, name: str):
        self.experiment = RECIPES[name]
        self.figures = figure_files(self.experiment)
        self.folder = results / name
        pictures = [f"{name}/{figure.file}" for figure in self.figures]
        super().__init__(results, name, {name: self.experiment}, pictures)

    def complete(self, kept: RecipeRecord, runs: RecipeRuns):
        """Train, measure and draw what is missing."""
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

    def _run(self, kept: RecipeRecord, seed: int):
        return self.experiment.recipe.replace(seed=seed), kept.origins[self.name]

    def _measure_again(self, kept, measured: SeedResult, runs) -> SeedResult:
        """Measure the metrics that are missing or of an older version, if the run exists."""
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
        """Remove pictures that the recipe no longer has."""
        for path in self.folder.iterdir():
            if path.suffix in (".png", ".gif") and path not in self.pictures:
                path.unlink()

    def headline(self, kept: RecipeRecord) -> str:
        """Return the first published number beside ours."""
        return headline(self.experiment, kept)


class ComparisonResult(Result):
    """A figure of several recipes side by side, or of none at all."""

    record_class = ComparisonRecord

    def __init__(self, results: Path, name: str):
        comparison = COMPARISONS[name]
        self.figure = FigureFile(comparison.figure)
        recipes = {recipe: RECIPES[recipe] for recipe in comparison.recipes}
        picture, figure = comparison_picture(comparison), self.figure.name
        super().__init__(results, name, recipes, [picture], figure=figure)

    def begin(self, origins) -> ComparisonRecord:
        """Return a record of no figure yet."""
        return ComparisonRecord(origins)

    def complete(self, kept: ComparisonRecord, runs: RecipeRuns):
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
    """A number of a recipe against one of its values: the numbers, and their curve."""

    record_class = SweepRecord

    def __init__(self, results: Path, name: str):
        self.sweep = SWEEPS[name]
        version = metric_version(self.sweep.metric)
        recipes, pictures = {name: self.sweep}, [sweep_picture(name)]
        super().__init__(results, name, recipes, pictures, version=version)

    def complete(self, kept: SweepRecord, runs: RecipeRuns):
        """Train, measure and draw what is missing."""
        sweep, (picture,), actions = self.sweep, self.pictures, []
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
    """What the codes of a frozen encoder say of other images: numbers and two pictures."""

    record_class = TransferRecord

    def __init__(self, results: Path, name: str):
        self.study = TRANSFERS[name]
        self.recipe = self.study.recipe
        recipes, pictures = {self.recipe: RECIPES[self.recipe]}, transfer_pictures(name)
        settings = self.study.settings
        super().__init__(results, name, recipes, pictures, settings=settings)

    def complete(self, kept: TransferRecord, runs: RecipeRuns):
        """Measure and draw all of it if a part is missing."""
        if kept.numbers and all(picture.exists() for picture in self.pictures):
            return kept, []
        wanted = self.recipes[self.recipe].recipe
        source, action = runs.train(wanted, kept.origins[self.recipe])
        self.remove()
        classes, found = self._measure(source, runs.data_dir)
        return replace(kept, classes=classes, numbers=found), [action]

    def _measure(self, source: Source, data_dir):
        """Draw what is found; return the classes and the numbers."""
        study = self.study
        data = load_resized(study.dataset, source.model.image_shape, data_dir)
        data = of_classes(data, study.classes)
        encoders = source.encoders(baselines=study.baselines)
        found = compare(encoders, data, study.classifier, source.seed)
        test, (confusion_file, guesses_file) = found["codes"].test, self.pictures
        classes = [data.class_names[k] for k in sorted(set(data.test.labels))]
        save(confusion_matrix(test.confusion, classes, data.note), confusion_file)
        save(guessed_samples(data, test.given, source.seed), guesses_file)
        return classes, numbers(found)

    def headline(self, kept: TransferRecord) -> str:
        """Return what is published beside what is found."""
        return transfer_headline(self.study, kept)


KINDS = (
    (COMPARISONS, ComparisonResult),
    (SWEEPS, SweepResult),
    (TRANSFERS, TransferResult),
    (RECIPES, RecipeResult),
)


def result_of(name: str, results: str | Path) -> Result:
    """Return the result NAME of a results folder, made already or not."""
    kind = next(kind for menu, kind in KINDS if name in menu)
    return kind(Path(results), name)


def _number(source: Source, metric: str) -> float:
    values = evaluate(source.model, source.dataset, seed=source.seed, names=(metric,))
    return values[metric]


def _measure(source: Source, experiment: Experiment) -> SeedResult:
    run, history = source.run, source.run.history
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
