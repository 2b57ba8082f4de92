"""The results page: Markdown of everything that the results folder keeps."""

import math
import statistics
import tomllib
from pathlib import Path

from PIL import Image

from keras_aae.evaluation import describe, measured_by_default
from keras_aae.evaluation.statistics import difference, summarise
from keras_aae.experiments import (
    COMPARISONS,
    RECIPES,
    SWEEPS,
    TABLES,
    TRANSFERS,
    Experiment,
    TransferStudy,
)
from keras_aae.publishing import markdown
from keras_aae.publishing.results import (
    FigureFile,
    RecipeRecord,
    SweepRecord,
    TransferRecord,
    comparison_file,
    figure_files,
    recipe_file,
    sweep_file,
    transfer_file,
    transfer_pictures,
)
from keras_aae.registry import FIGURES

HEAD = """# Results

Made by `make figures`, from nothing but the code and the data. Every number of ours is of
the test images, unless its name begins with `train_`; published numbers are what others printed, and each recipe names where.
Where a recipe was trained from several seeds, a number is the mean over them ± their
standard deviation, and the figures are of the first."""
# A figure this much wider than high takes the whole width of the page.
WIDE = 1.9
# Where an option says more than its value, or the menu's line says too much.
CAPTIONS = {
    "samples": "images decoded from the prior",
    "samples-gmm": "images decoded from a mixture of Gaussians fitted to the codes",
    "scatterplot-3d-untrained": "the same codes before training",
    "latent-sweep-codes": "images decoded on a grid where the codes lie",
    "latent-sweep-quantile": "images decoded on a grid of the prior's quantiles",
}
WHOLE = 840  # pixels, the width of a page on GitHub


def page(results) -> str:
    """The page of a results folder."""
    kept = {}
    for name in RECIPES:
        result = RecipeRecord.read(Path(results) / recipe_file(name))
        if result is not None:
            kept[name] = (RECIPES[name], result)
    parts = [
        HEAD,
        *_headlines(kept),
        *_checklist(results, kept),
        *_tables(kept),
        *_sweeps(results),
        *_transfers(Path(results), kept),
        *_comparisons(results),
        *(part for name in kept for part in _section(results, name, *kept[name])),
    ]
    return "\n\n".join(parts) + "\n"


def headline(experiment: Experiment, result: RecipeRecord) -> str:
    """The first published number beside ours, as text; else the first of ours."""
    both = [name for name in experiment.published if name in result.metrics]
    name = next(iter(both or result.metrics), None)
    if name is None:
        return ""
    published = f" (published {_text(experiment.published[name])})" if both else ""
    return f"{name} {_ours(result, name)}{published}"


def transfer_headline(study: TransferStudy, result: TransferRecord) -> str:
    """What is published of a transfer beside what is found, as text."""
    found = result.numbers["codes"]["test"]
    return ", ".join(
        f"{name} {_percent(found[name])}"
        + (f" (published {_percent(value)})" if value is not None else "")
        for name, value in ((n, study.published.get(n)) for n in ("accuracy", "auroc"))
    )


def _headlines(kept) -> list[str]:
    rows = []
    for name, (experiment, result) in kept.items():
        for metric, published in experiment.published.items():
            ours = _ours(result, metric) if metric in result.metrics else "not measured"
            seeds = _span(result.by_seed)
            link, command = f"[{name}](#{name})", f"`keras-aae figures {name}`"
            rows.append((link, metric, _text(published), ours, seeds, command))
    columns = ("recipe", "number", "published", "ours", "seeds", "command")
    table = markdown.table(columns, rows)
    return ["## Published numbers, and ours", table] if rows else []


def read_checklist(results) -> dict[str, list]:
    """Return the rows of `checklist.toml` by group; none where there is no such file."""
    path = Path(results) / "checklist.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _checklist(results, kept) -> list[str]:
    checklist = read_checklist(results)
    if not checklist:
        return []
    rows, open_numbers, numbers = [], set(), set()
    for group, features in checklist.items():
        rows.append(("", "", f"**{group}**", ""))
        for number, what, where in features:
            text, is_shown = _where(results, kept, where)
            numbers.add(number)
            if not is_shown:
                open_numbers.add(number)
            rows.append(("✓" if is_shown else "", str(number), what, text))
    ticked = len(numbers) - len(open_numbers)
    return [
        "## Checklist",
        "What the five older repositories have, and where it is to be seen here. A row "
        "is ticked if everything that it points to is there.",
        f"<details>\n<summary>{ticked} of {len(numbers)} are ticked</summary>",
        markdown.table(("", "", "what", "where"), rows),
        "</details>",
    ]


def _where(results, kept, where) -> tuple[str, bool]:
    """A cell of the checklist, and whether all that it points to is there."""
    if isinstance(where, str):
        return where, False
    found = [_pointer(Path(results), kept, pointer) for pointer in where]
    missing = [text for text, there in found if not there]
    parts = [text for text, there in found if there]
    if missing:
        parts.append(f"not made yet: {', '.join(missing)}")
    return "; ".join(parts), not missing


def _pointer(results: Path, kept, pointer) -> tuple[str, bool]:
    if isinstance(pointer, str):
        return f"[{pointer}](../{pointer})", (results.parent / pointer).exists()
    name, thing = pointer
    if name == "sweep":
        file = sweep_file(thing, ".png")
        there = (results / file).exists()
        return (f"[{thing}]({file})" if there else thing), there
    if name == "transfer":
        there = _kept_transfer(results, thing) is not None
        return (f"[{thing}](#{thing})" if there else thing), there
    if name in kept and thing in kept[name][1].metrics:
        return f"[{name}](#{name}): {thing} {_ours(kept[name][1], thing)}", True
    file = _figure_path(kept, name, thing)
    there = file is not None and (results / file).exists()
    text = thing if name == "comparison" else f"{name}: {thing}"
    return (f"[{text}]({file})" if there else text), there


def _figure_path(kept, name: str, thing: str) -> str | None:
    """Where a pointer's figure belongs in the results folder."""
    if name == "comparison" and thing in COMPARISONS:
        return comparison_file(thing, COMPARISONS[thing])
    files = figure_files(kept[name][0]) if name in kept else []
    return next((f"{name}/{f.file}" for f in files if f.name == thing), None)


def _tables(kept) -> list[str]:
    """Recipes beside each other, and what each of several seeds differs by."""
    parts = []
    for name, table in TABLES.items():
        rows = _rows(table, {r: kept[r][1] for r in table.recipes if r in kept})
        if rows:
            columns = ("recipe", "seeds", *table.metrics)
            about = f"{_sentence(table.about)} `keras-aae figures {name}`."
            parts += [f"### {name}", about, markdown.table(columns, rows)]
            parts += [table.finding] * bool(table.finding)
    if not parts:
        return []
    about = (
        "In brackets the 95 % interval of the mean over seeds (Student's), and of the "
        "difference from the first recipe (Welch's)."
    )
    return ["## Tables", about, *parts]


def _rows(table, results: dict[str, RecipeRecord]) -> list[tuple]:
    """A row a recipe, and one of what it differs by, where there are several seeds."""
    rows = []
    for name, result in results.items():
        cells = [_interval(result.values(metric)) for metric in table.metrics]
        rows.append((f"[{name}](#{name})", str(len(result.runs)), *cells))
    base = results.get(table.recipes[0])
    for name, result in results.items():
        if base is None or result is base or len(result.runs) < 2:
            continue
        cells = [
            _interval(result.values(metric), base.values(metric))
            for metric in table.metrics
        ]
        rows.append((f"{name} - {table.recipes[0]}", "", *cells))
    return rows


def _interval(values, base=None) -> str:
    """A mean, or a difference of means, with its interval if there is one."""
    if not values or base == []:
        return ""
    summary = summarise(values) if base is None else difference(values, base)
    if not summary.sd:  # one seed, or all alike
        return _text(summary.mean)
    digits = _digits(summary.high - summary.mean)
    mean, low, high = (
        f"{number:.{digits}f}" for number in (summary.mean, summary.low, summary.high)
    )
    return f"{mean} [{low}, {high}]"


def _digits(half: float) -> int:
    """Decimals that show two digits of half an interval: no more is known."""
    wanted = 1 - math.floor(math.log10(half))
    return min(max(wanted, 0), 6)


def _sweeps(results) -> list[str]:
    """Numbers against a value that was varied: the curve, and all of them."""
    parts = []
    for name, sweep in SWEEPS.items():
        result = SweepRecord.read(Path(results) / sweep_file(name, ".json"))
        if result is None:
            continue
        about = f"{_sentence(sweep.about)} Source: {sweep.source}; `keras-aae figures {name}`."
        picture = f"![{sweep.about}]({sweep_file(name, '.png')})"
        columns = (sweep.value, f"{sweep.metric}, ours", "published", "seeds")
        rows = [
            (
                str(value),
                _spread(found),
                _known(sweep.published, value),
                str(len(found)),
            )
            for value in sweep.values
            if (found := result.at(value))
        ]
        parts += [f"### {name}", about, picture, markdown.table(columns, rows)]
    return ["## Sweeps", *parts] if parts else []


def _known(published: dict, value) -> str:
    return _text(published[value]) if value in published else ""


def _transfers(results: Path, kept) -> list[str]:
    """Codes of other images than the encoder's own: numbers, confusions, guesses."""
    parts = []
    for name, study in TRANSFERS.items():
        result = _kept_transfer(results, name)
        if result is None:
            continue
        about = (
            f"{_sentence(study.about)} Encoder: [{study.recipe}](#{study.recipe}). Source: "
            f"{study.source}; `keras-aae figures {name}`."
        )
        rows = _transfer_rows(study, result) + _specialist_row(study, kept)
        columns = (
            "classified by", "accuracy", "published", "AUROC", "published",
            "accuracy, train", "AUROC, train",
        )  # fmt: skip
        confusion, guesses = transfer_pictures(name)
        parts += [
            f"### {name}",
            about,
            markdown.table(columns, rows),
            *[study.finding] * bool(study.finding),
            f'<img src="{confusion}" width="{WHOLE // 2}" alt="confusions of {name}">',
            f'<img src="{guesses}" width="{WHOLE}" alt="guesses of {name}">',
        ]
    if not parts:
        return []
    about = (
        "A classifier learns from the codes that a frozen encoder makes of images of "
        "another kind than it was trained on. Confusions and guesses are of the codes of "
        "test images; a wrong guess is followed by the class, in brackets, and a frame "
        "has the colour of the class."
    )
    return ["## Transfers", about, *parts]


def _kept_transfer(results: Path, name: str) -> TransferRecord | None:
    """What is kept of a transfer, if its pictures are there too."""
    there = all((results / file).exists() for file in transfer_pictures(name))
    return TransferRecord.read(results / transfer_file(name)) if there else None


def _transfer_rows(study: TransferStudy, result: TransferRecord) -> list[tuple]:
    rows = []
    for features, found in result.numbers.items():
        published = study.published if features == "codes" else {}
        test, train = found["test"], found["train"]
        cells = [
            cell
            for name in ("accuracy", "auroc")
            for cell in (_percent(test[name]), _percent(published.get(name)))
        ]
        cells += [_percent(train[name]) for name in ("accuracy", "auroc")]
        rows.append((features, *cells))
    return rows


def _specialist_row(study: TransferStudy, kept) -> list[tuple]:
    """The numbers of the network that was trained on these images themselves."""
    if study.specialist not in kept:
        return []
    experiment, result = kept[study.specialist]
    ours = {
        name: summarise(result.values(name)).mean
        for name in ("test_error", "test_auroc")
    }
    known = experiment.published
    cells = (
        _percent(1 - ours["test_error"] / 100), _percent(1 - known["test_error"] / 100),
        _percent(ours["test_auroc"] / 100), _percent(known["test_auroc"] / 100), "", "",
    )  # fmt: skip
    return [(f"[{study.specialist}](#{study.specialist})", *cells)]


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.2f} %"


def _comparisons(results) -> list[str]:
    parts = []
    for name, comparison in COMPARISONS.items():
        file = comparison_file(name, comparison)
        if (Path(results) / file).exists():
            links = ", ".join(f"[{recipe}](#{recipe})" for recipe in comparison.recipes)
            of = f"Recipes: {links}; " if links else ""
            about = f"{_sentence(comparison.about)} {of}`keras-aae figures {name}`."
            parts += [f"### {name}", about, f"![{comparison.about}]({file})"]
    return ["## Side by side, and studies", *parts] if parts else []


def _section(
    results, name: str, experiment: Experiment, result: RecipeRecord
) -> list[str]:
    rows = []
    for metric in result.metrics:
        published = experiment.published.get(metric)
        text = "" if published is None else _text(published)
        rows.append((metric, _ours(result, metric), text, _meaning(metric)))
    return [
        f"## {name}",
        f"{_sentence(experiment.about)} Source: {experiment.source}.",
        f"**{headline(experiment, result)}**",
        f"{_training(result)}; `keras-aae train --recipe {name}` trains it, "
        f"`keras-aae figures {name}` makes all that is here.",
        f"<details>\n<summary>All {len(rows)} numbers</summary>",
        markdown.table(("number", "ours", "published", "what it is"), rows),
        *_not_measured(experiment, result),
        "</details>",
        *_figures(Path(results) / name, figure_files(experiment)),
    ]


def _not_measured(experiment: Experiment, result: RecipeRecord) -> list[str]:
    """Name the metrics that the record lacks, or has by an older version."""
    names = [*measured_by_default(), *experiment.metrics]
    missing = _of_any(result, lambda run: run.missing(names))
    outdated = _of_any(result, lambda run: run.outdated(names))
    return [
        *[f"Not measured: {', '.join(missing)}."] * bool(missing),
        *[f"By an older version of the metric: {', '.join(outdated)}."]
        * bool(outdated),
    ]


def _of_any(result: RecipeRecord, names_of) -> list[str]:
    return list(dict.fromkeys(name for run in result.runs for name in names_of(run)))


def _meaning(metric: str) -> str:
    term = metric.removeprefix("train_")
    if term != metric:
        return f"{term} of the training images, mean over the last epoch"
    return describe(metric)


def _training(result: RecipeRecord) -> str:
    """Seeds, epochs, time and machine."""
    runs = result.runs
    epochs, seconds = _span({run.epochs for run in runs}), [run.seconds for run in runs]
    machines = {
        "{engine} on {device} ({cpus} cores)".format(**run.environment) for run in runs
    }
    seeds = f"Seed{'s' * (len(runs) > 1)} {_span(result.by_seed)}"
    each = " each" * (len(runs) > 1)
    time = _duration(statistics.fmean(seconds))
    return f"{seeds}: {epochs} epochs in {time}{each}, {', '.join(sorted(machines))}"


def _figures(folder: Path, figures: list[FigureFile]) -> list[str]:
    """The pictures with their captions: narrow ones in pairs, wide ones alone."""
    rows: list[list[FigureFile]] = []
    for figure in figures:
        if not (folder / figure.file).exists():
            continue
        if rows and len(rows[-1]) == 1 and not _is_wide(folder, rows[-1][0], figure):
            rows[-1].append(figure)
        else:
            rows.append([figure])
    return [_pictures(folder, row) for row in rows]


def _is_wide(folder: Path, *figures: FigureFile) -> bool:
    """Whether any of the pictures is."""
    sizes = []
    for figure in figures:
        with Image.open(folder / figure.file) as picture:
            sizes.append(picture.size)
    return any(width > WIDE * height for width, height in sizes)


def _pictures(folder: Path, row: list[FigureFile]) -> str:
    width = WHOLE if _is_wide(folder, *row) else WHOLE // 2
    images = [
        f'<img src="{folder.name}/{figure.file}" width="{width}" '
        f'alt="{figure.name} of {folder.name}">'
        for figure in row
    ]
    return markdown.table([_caption(figure) for figure in row], [images])


def _caption(figure: FigureFile) -> str:
    if figure.name in CAPTIONS:
        return CAPTIONS[figure.name]
    options = ", ".join(f"{k} {v}" for k, v in figure.options.items())
    return FIGURES[figure.kind][1] + (f" ({options})" if options else "")


def _ours(result: RecipeRecord, metric: str) -> str:
    return _spread(result.values(metric))


def _spread(values: list[float]) -> str:
    """A mean and a standard deviation, if there are several."""
    summary = summarise(values)
    sd = "" if summary.sd is None else f" ± {summary.sd:.2g}"
    return f"{_text(summary.mean)}{sd}"


def _text(number: float) -> str:
    return f"{number:.5g}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.1f} min"


def _span(numbers) -> str:
    return ", ".join(map(str, sorted(numbers)))
