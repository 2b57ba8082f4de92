"""The results page: recipes trained once, their figures and numbers kept in a folder."""

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from keras_aae import training
from keras_aae.code import code_fingerprint
from keras_aae.data import load_resized
from keras_aae.evaluation import evaluate
from keras_aae.evaluation.transferring import compare, numbers, of_classes
from keras_aae.figures import save
from keras_aae.figures.confusion import confusion_matrix
from keras_aae.figures.labelled_samples import guessed_samples
from keras_aae.figures.sweep_curve import sweep_curve
from keras_aae.page import headline, page, transfer_headline
from keras_aae.recipe import Comparison, Experiment, Recipe, TransferStudy
from keras_aae.registry import (
    COMPARISONS,
    RECIPES,
    SWEEPS,
    TABLES,
    TRANSFERS,
    load_entry,
)
from keras_aae.results import (
    SWEEPS_FOLDER,
    TRANSFERS_FOLDER,
    FigureFile,
    Measured,
    Origin,
    Result,
    SweepResult,
    TransferResult,
    comparison_file,
    figure_files,
    read_comparison,
    read_result,
    read_sweep,
    read_transfer,
    transfer_pictures,
)
from keras_aae.runs.files import write_json, write_text
from keras_aae.runs.folder import RunFolder
from keras_aae.runs.session import Reporter
from keras_aae.source import Source, evaluate_source, export_comparison, export_figure

ACTIONS = ("current", "reused", "resumed", "trained")


def default_set() -> list[str]:
    """The recipes, and the figures of no recipe, that are drawn if none is named."""
    return [*(name for name in RECIPES if experiment(name).quick), *studies()]


def studies() -> list[str]:
    """The comparisons of no recipe at all."""
    return [name for name in COMPARISONS if not _comparison(name).recipes]


def recipes_of(names) -> list[str]:
    """The names with the recipes of a table in the table's place."""
    found = []
    for name in names:
        is_table = name in TABLES
        found += load_entry(name, TABLES, "table").recipes if is_table else [name]
    return found


def comparisons_of(names) -> list[str]:
    """The comparisons whose recipes are all among `names`."""
    recipes = {name: set(_comparison(name).recipes) for name in COMPARISONS}
    return [name for name, parts in recipes.items() if parts and parts <= set(names)]


def _comparison(name: str) -> Comparison:
    return load_entry(name, COMPARISONS, "comparison")


def _transfer_study(name: str) -> TransferStudy:
    return load_entry(name, TRANSFERS, "transfer")


def experiment(name: str) -> Experiment:
    """The experiment on the menu."""
    return load_entry(name, RECIPES, "recipe")


@dataclass(frozen=True)
class Made:
    """What became of a recipe: one of `ACTIONS`, how long it took, its first number."""

    action: str
    seconds: float
    headline: str


@dataclass(frozen=True)
class Gallery:
    """A folder of results, and the runs that they are drawn from.

    A run folder is named by the fingerprints of its recipe and of its family's code, so
    what has changed is trained anew beside the old, and nothing is overwritten.

    Args:
        results: Folder of the results page.
        runs: Folder of the runs.
        force: Draw and measure again what is there.
        data_dir: Where to look for data first.
        reporter: Is told of every training.
    """

    results: Path
    runs: Path
    force: bool = False
    data_dir: str | None = None
    reporter: Reporter = field(default_factory=Reporter)

    def make(self, name: str) -> Made:
        """Bring RESULTS/NAME and the page up to date.

        Nothing is trained if the folder is of the recipe and the code as they are now,
        even where the run has gone. Else what is missing of it is made: runs that are
        there are taken as they are, interrupted ones go on. Pictures in the folder that
        the recipe no longer has are removed.

        Args:
            name: A key of `registry.RECIPES`, `COMPARISONS`, `SWEEPS` or `TRANSFERS`.
        """
        started = time.monotonic()
        if name in COMPARISONS:
            action, text = self._make_comparison(name), ""
        elif name in SWEEPS:
            action, text = self._make_sweep(name), ""
        elif name in TRANSFERS:
            action, result = self._make_transfer(name)
            text = transfer_headline(_transfer_study(name), result)
        else:
            action, result = self._make_recipe(name)
            text = headline(experiment(name), result)
            self._remove_others(name)
        write_text(Path(self.results) / "README.md", page(self.results))
        return Made(action, time.monotonic() - started, text)

    def _make_recipe(self, name) -> tuple[str, Result]:
        wanted, folder = experiment(name), Path(self.results) / name
        origin, kept = _origin(wanted.recipe), read_result(folder)
        if self.force or kept is None or kept.origin != origin:
            kept = Result(origin, [])
        figures = [
            figure
            for figure in figure_files(wanted)
            if not kept.runs or not (folder / figure.file).exists()
        ]
        if not figures and list(kept.by_seed) == list(wanted.seeds):
            return "current", kept
        return self._complete(kept, wanted, folder, figures)

    def _complete(self, kept, wanted, folder, figures) -> tuple[str, Result]:
        measured, first = kept.by_seed, wanted.seeds[0]
        needed = [
            s for s in wanted.seeds if s not in measured or (s == first and figures)
        ]
        recipe, code = wanted.recipe, kept.origin.code
        trained = {
            seed: self._train(recipe.replace(seed=seed), code) for seed in needed
        }
        folder.mkdir(parents=True, exist_ok=True)
        if not kept.runs:
            # The figures drawn from here on are not those of the old numbers.
            (folder / "metrics.json").unlink(missing_ok=True)
        for seed, (run, _) in trained.items():
            source = Source.open(run.path, data_dir=self.data_dir)
            if seed not in measured:
                measured[seed] = _measure(source, wanted.metrics)
            for figure in figures if seed == first else ():
                out = folder / figure.file
                export_figure(figure.kind, source, out, **figure.options)
        result = Result(kept.origin, [measured[seed] for seed in wanted.seeds])
        write_json(folder / "metrics.json", result.to_dict())
        return _most([action for _, action in trained.values()]), result

    def _remove_others(self, name) -> None:
        drawn = {figure.file for figure in figure_files(experiment(name))}
        for path in (Path(self.results) / name).iterdir():
            if path.suffix in (".png", ".gif") and path.name not in drawn:
                path.unlink()

    def _train(self, recipe: Recipe, code: str) -> tuple[RunFolder, str]:
        """The finished run of a recipe, and what was done for it."""
        path = self._run_path(recipe, code)
        options = {"data_dir": self.data_dir, "reporter": self.reporter}
        if not (path / "recipe.json").exists():
            return training.train(recipe, path, **options), "trained"
        run = RunFolder(path)
        if run.finished and run.recipe.epochs == recipe.epochs:
            return run, "reused"
        return training.resume(path, epochs=recipe.epochs, **options), "resumed"

    def _run_path(self, recipe: Recipe, code: str) -> Path:
        name = f"{recipe.name}-{recipe.fingerprint[:8]}-{code[:8]}"
        path = Path(self.runs) / name
        # Fingerprints leave out the epochs, so that a run can be trained for longer.
        longer = (path / "recipe.json").exists() and (
            RunFolder(path).recipe.epochs > recipe.epochs
        )
        return path.with_name(f"{name}-{recipe.epochs}") if longer else path

    def _make_comparison(self, name) -> str:
        comparison = _comparison(name)
        experiments = {recipe: experiment(recipe) for recipe in comparison.recipes}
        origins = {name: _origin(wanted.recipe) for name, wanted in experiments.items()}
        out = Path(self.results) / comparison_file(name, comparison)
        figure, record = FigureFile(comparison.figure), out.with_suffix(".json")
        made_of = (figure.name, origins)
        if not self.force and out.exists() and read_comparison(record) == made_of:
            return "current"
        trained = {
            recipe: self._train(wanted.recipe, origins[recipe].code)
            for recipe, wanted in experiments.items()
        }
        out.parent.mkdir(parents=True, exist_ok=True)
        record.unlink(missing_ok=True)
        sources = [
            Source.open(run.path, data_dir=self.data_dir) for run, _ in trained.values()
        ]
        export_comparison(figure.kind, sources, out, **figure.options)
        recipes = {recipe: asdict(origin) for recipe, origin in origins.items()}
        write_json(record, {"figure": figure.name, "recipes": recipes})
        return _most([action for _, action in trained.values()] or ["reused"])

    def _make_sweep(self, name) -> str:
        sweep = load_entry(name, SWEEPS, "sweep")
        folder = Path(self.results) / SWEEPS_FOLDER
        record, picture = folder / f"{name}.json", folder / f"{name}.png"
        origin, kept = _origin(sweep.recipe), read_sweep(record)
        if self.force or kept is None or kept.origin != origin:
            kept = SweepResult(origin, {})
            picture.unlink(missing_ok=True)
        missing = [
            (value, seed)
            for value in sweep.values
            for seed in sweep.seeds
            if not kept.has(value, seed)
        ]
        folder.mkdir(parents=True, exist_ok=True)
        actions = []
        for value, seed in missing:
            recipe = sweep.recipe.replace(**{sweep.value: value, "seed": seed})
            run, action = self._train(recipe, origin.code)
            source = Source.open(run.path, data_dir=self.data_dir)
            kept.add(value, seed, _number(source, sweep.metric))
            write_json(record, asdict(kept))
            actions.append(action)
        if not missing and picture.exists():
            return "current"
        numbers = {value: kept.at(value) for value in sweep.values}
        drawn = sweep_curve(numbers, sweep.value, sweep.metric, sweep.published)
        save(drawn, picture)
        return _most(actions or ["reused"])

    def _make_transfer(self, name) -> tuple[str, TransferResult]:
        study = _transfer_study(name)
        recipe = experiment(study.recipe).recipe
        origin, settings = _origin(recipe), study.settings
        record = Path(self.results) / TRANSFERS_FOLDER / f"{name}.json"
        pictures = [Path(self.results) / file for file in transfer_pictures(name)]
        kept = read_transfer(record)
        is_of_this = kept is not None and (kept.origin, kept.settings) == (
            origin,
            settings,
        )
        if is_of_this and not self.force and all(p.exists() for p in pictures):
            return "current", kept
        run, action = self._train(recipe, origin.code)
        source = Source.open(run.path, data_dir=self.data_dir)
        record.parent.mkdir(parents=True, exist_ok=True)
        record.unlink(missing_ok=True)
        classes, found = self._transfer(study, source, *pictures)
        result = TransferResult(origin, settings, classes, found)
        write_json(record, asdict(result))
        return action, result

    def _transfer(self, study, source, confusion_file, guesses_file):
        """Draw what a study finds; the classes, and the numbers."""
        data = load_resized(study.dataset, source.model.image_shape, self.data_dir)
        data = of_classes(data, study.classes)
        encoders = source.encoders(baselines=study.baselines)
        found = compare(encoders, data, study.classifier, source.seed)
        test = found["codes"].test
        classes = [data.class_names[k] for k in sorted(set(data.test.labels))]
        save(confusion_matrix(test.confusion, classes, data.note), confusion_file)
        save(guessed_samples(data, test.given, source.seed), guesses_file)
        return classes, numbers(found)


def _number(source: Source, metric: str) -> float:
    values = evaluate(source.model, source.dataset, seed=source.seed, names=(metric,))
    return values[metric]


def _origin(recipe: Recipe) -> Origin:
    return Origin.of(recipe, code_fingerprint(recipe.model))


def _measure(source: Source, also) -> Measured:
    run, history = source.run, source.run.history
    last = {f"train_{term}": history[-1][term] for term in source.model.terms}
    return Measured(
        seed=run.recipe.seed,
        epochs=len(history),
        seconds=round(sum(row["seconds"] for row in history), 1),
        environment={k: run.environment.get(k) for k in ("engine", "device", "cpus")},
        metrics=evaluate_source(source, also) | last,
    )


def _most(actions: list[str]) -> str:
    return max(["current", *actions], key=ACTIONS.index)
