"""Sections of the results page, one for each result."""

import statistics
from pathlib import Path
from typing import Any

from PIL import Image

from keras_aae.evaluation import describe
from keras_aae.evaluation.statistics import summarize
from keras_aae.experiments import (
    RECIPES,
    Comparison,
    Experiment,
    Sweep,
    Table,
    TransferStudy,
)
from keras_aae.publishing import formats, markdown
from keras_aae.publishing.figure_file import FigureFile, figure_files
from keras_aae.publishing.results import (
    RecipeRecord,
    SweepRecord,
    TransferRecord,
    comparison_picture,
    metrics_of,
    sweep_picture,
    transfer_pictures,
)

# Figures with a larger ratio of width to height take the whole width of the page.
WIDE = 1.9
WHOLE = 840  # pixels, width of a page on GitHub
SCORES = ("accuracy", "auroc")
Scores = dict[str, float]


def of_recipe(experiment: Experiment, record: RecipeRecord, folder: Path) -> list[str]:
    """Return the section of a recipe: its metrics and figures.

    Args:
        experiment: Experiment of the recipe.
        record: Record of its runs.
        folder: Folder of its figures.
    """
    name = experiment.name
    rows = [
        (
            metric,
            formats.spread(record.values(metric)),
            formats.number(experiment.published.get(metric)),
            _meaning(metric),
        )
        for metric in record.metrics
    ]
    return [
        f"## {name}",
        f"{_sentence(experiment.about)} Source: {experiment.source}.",
        f"**{headline(experiment, record)}**",
        f"{_training(record)}. Train: `keras-aae train --recipe {name}`. "
        f"Regenerate this section: `keras-aae figures {name}`.",
        f"<details>\n<summary>All {len(rows)} metrics</summary>",
        markdown.table(("metric", "ours", "published", "description"), rows),
        *_not_measured(experiment, record),
        "</details>",
        *_pictures(folder, figure_files(experiment)),
    ]


def headline(experiment: Experiment, record: RecipeRecord) -> str:
    """Return our first metric that has a published number, as text; else our first."""
    both = [name for name in experiment.published if name in record.metrics]
    name = next(iter(both or record.metrics), None)
    if name is None:
        return ""
    ours = f"{name} {formats.spread(record.values(name))}"
    published = formats.number(experiment.published.get(name))
    return f"{ours} (published {published})" if published else ours


def of_table(table: Table, records: dict[str, RecipeRecord]) -> list[str]:
    """Return the section of a table; empty without any of its records.

    Args:
        table: Table of the recipes.
        records: Records of recipes, by name.
    """
    records = {name: records[name] for name in table.recipes if name in records}
    if not records:
        return []
    rows = _rows(table, records)
    return [
        f"### {table.name}",
        f"{_sentence(table.about)} {_made_by(table.name)}",
        markdown.table(("recipe", "seeds", *table.metrics), rows),
        *_given(table.finding),
    ]


def _rows(table: Table, records: dict[str, RecipeRecord]) -> list[tuple[Any, ...]]:
    """Return a row per recipe, and a row of differences if it has several seeds."""

    def cells(*records: RecipeRecord) -> list[str]:
        values = (
            [record.values(metric) for record in records] for metric in table.metrics
        )
        return [formats.interval(*of_metric) for of_metric in values]

    rows = [(markdown.link(n), len(r.runs), *cells(r)) for n, r in records.items()]
    first = table.recipes[0]
    for name, record in records.items():
        if first in records and name != first and len(record.runs) > 1:
            rows.append((f"{name} - {first}", "", *cells(record, records[first])))
    return rows


def of_sweep(sweep: Sweep, record: SweepRecord) -> list[str]:
    """Return the section of a sweep: its curve and metrics."""
    rows = [
        (
            value,
            formats.spread(found),
            formats.number(sweep.published.get(value)),
            len(found),
        )
        for value in sweep.values
        if (found := record.at(value))
    ]
    columns = (sweep.value, f"{sweep.metric}, ours", "published", "seeds")
    return [
        f"### {sweep.name}",
        f"{_sentence(sweep.about)} Source: {sweep.source}; {_made_by(sweep.name)}",
        f"![{sweep.about}]({sweep_picture(sweep.name)})",
        markdown.table(columns, rows),
    ]


def of_transfer(
    study: TransferStudy, record: TransferRecord, records: dict[str, RecipeRecord]
) -> list[str]:
    """Return the section of a transfer study.

    Args:
        study: Transfer study.
        record: Record of its numbers.
        records: Records of recipes, by name, for the specialist.
    """
    rows = [
        _scores(
            features,
            found["test"],
            study.published if features == "codes" else {},
            found["train"],
        )
        for features, found in record.numbers.items()
    ]
    if (other := study.specialist) in records:
        rows.append(_specialist_scores(RECIPES[other], records[other]))
    columns = (
        "features", "accuracy", "published", "AUROC", "published",
        "accuracy, train", "AUROC, train",
    )  # fmt: skip
    name = study.name
    confusion, guesses = transfer_pictures(name)
    return [
        f"### {name}",
        f"{_sentence(study.about)} Encoder: {markdown.link(study.recipe)}. "
        f"Source: {study.source}; {_made_by(name)}",
        markdown.table(columns, rows),
        *_given(study.finding),
        markdown.image(confusion, f"confusion matrix of {name}", WHOLE // 2),
        markdown.image(guesses, f"sample predictions of {name}", WHOLE),
    ]


def transfer_headline(study: TransferStudy, record: TransferRecord) -> str:
    """Return the scores of a transfer with the published ones, as text."""
    found, texts = record.numbers["codes"]["test"], []
    for name in SCORES:
        published = formats.percent(study.published.get(name))
        note = f" (published {published})" if published else ""
        texts.append(f"{name} {formats.percent(found[name])}{note}")
    return ", ".join(texts)


def _scores(
    label: str, test: Scores, published: Scores, train: Scores
) -> tuple[str, ...]:
    """Return a row of accuracies and AUROCs, given as fractions of 1."""
    beside = (found.get(name) for name in SCORES for found in (test, published))
    shares = (*beside, *(train.get(name) for name in SCORES))
    return (label, *map(formats.percent, shares))


def _specialist_scores(experiment: Experiment, record: RecipeRecord) -> tuple[str, ...]:
    ours = {name: summarize(record.values(name)).mean for name in record.metrics}
    found, published = (
        {"accuracy": 1 - of["test_error"] / 100, "auroc": of["test_auroc"] / 100}
        for of in (ours, experiment.published)
    )
    return _scores(markdown.link(experiment.name), found, published, {})


def of_comparison(comparison: Comparison) -> list[str]:
    """Return the section of a comparison: its recipes and figure."""
    links = ", ".join(map(markdown.link, comparison.recipes))
    of = f"Recipes: {links}; " if links else ""
    return [
        f"### {comparison.name}",
        f"{_sentence(comparison.about)} {of}{_made_by(comparison.name)}",
        f"![{comparison.about}]({comparison_picture(comparison)})",
    ]


def _not_measured(experiment: Experiment, record: RecipeRecord) -> list[str]:
    """Return notes on metrics that are missing or outdated."""
    wanted, texts = metrics_of(experiment), []
    for text, names_of in (
        ("Not measured", lambda run: run.missing(wanted)),
        (
            "Measured by an older version of the metric",
            lambda run: run.outdated(wanted),
        ),
    ):
        names = dict.fromkeys(name for run in record.runs for name in names_of(run))
        texts += _given(f"{text}: {', '.join(names)}." if names else "")
    return texts


def _meaning(metric: str) -> str:
    term = metric.removeprefix("train_")
    if term != metric:
        return f"{term} on the training images, mean over the last epoch"
    return describe(metric)


def _training(record: RecipeRecord) -> str:
    """Return seeds, epochs, time and machine as text."""
    runs = record.runs
    several = len(runs) > 1
    epochs = formats.listed({run.epochs for run in runs})
    time = formats.duration(statistics.fmean(run.seconds for run in runs))
    machines = {
        "{engine} on {device} ({cpus} cores)".format(**run.environment) for run in runs
    }
    return (
        f"Seed{'s' * several} {formats.listed(record.by_seed)}: {epochs} epochs in "
        f"{time}{' each' * several}, {', '.join(sorted(machines))}"
    )


def _pictures(folder: Path, figures: list[FigureFile]) -> list[str]:
    """Return the figures with captions: narrow ones in pairs, wide ones alone."""
    rows: list[list[FigureFile]] = []
    for figure in figures:
        if not (folder / figure.file).exists():
            continue
        if rows and len(rows[-1]) == 1 and not _is_wide(folder, [*rows[-1], figure]):
            rows[-1].append(figure)
        else:
            rows.append([figure])
    return [_row_of_pictures(folder, row) for row in rows]


def _row_of_pictures(folder: Path, row: list[FigureFile]) -> str:
    width = WHOLE if _is_wide(folder, row) else WHOLE // 2
    images = [
        markdown.image(
            f"{folder.name}/{figure.file}", f"{figure.name} of {folder.name}", width
        )
        for figure in row
    ]
    return markdown.table([figure.caption for figure in row], [images])


def _is_wide(folder: Path, figures: list[FigureFile]) -> bool:
    """Return whether any of the figures is wide."""
    for figure in figures:
        with Image.open(folder / figure.file) as picture:
            if picture.width > WIDE * picture.height:
                return True
    return False


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _made_by(name: str) -> str:
    return f"`keras-aae figures {name}`."


def _given(text: str) -> list[str]:
    return [text] if text else []
