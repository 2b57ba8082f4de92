"""The results page: Markdown of everything that the results folder keeps."""

from itertools import chain
from pathlib import Path

from keras_aae.experiments import COMPARISONS, RECIPES, SWEEPS, TABLES, TRANSFERS
from keras_aae.publishing import formats, markdown, sections
from keras_aae.publishing.checklist import checklist
from keras_aae.publishing.results import Kept

HEAD = """# Results

Made by `make figures`, from nothing but the code and the data. Every number of ours is of
the test images, unless its name begins with `train_`; published numbers are what others printed, and each recipe names where.
Where a recipe was trained from several seeds, a number is the mean over them ± their
standard deviation, and the figures are of the first."""
ABOUT_TABLES = (
    "In brackets the 95 % interval of the mean over seeds (Student's), and of the "
    "difference from the first recipe (Welch's)."
)
ABOUT_TRANSFERS = (
    "A classifier learns from the codes that a frozen encoder makes of images of another "
    "kind than it was trained on. Confusions and guesses are of the codes of test images; "
    "a wrong guess is followed by the class, in brackets, and a frame has the color of "
    "the class."
)


def page(results: str | Path) -> str:
    """Return the page of a results folder."""
    kept = Kept.read(results)
    tables = [sections.of_table(table, kept.recipes) for table in TABLES.values()]
    sweeps = [sections.of_sweep(SWEEPS[n], record) for n, record in kept.sweeps.items()]
    transfers = [
        sections.of_transfer(TRANSFERS[name], record, kept.recipes)
        for name, record in kept.transfers.items()
    ]
    comparisons = [sections.of_comparison(COMPARISONS[n]) for n in kept.comparisons]
    recipes = [
        sections.of_recipe(RECIPES[name], record, kept.folder / name)
        for name, record in kept.recipes.items()
    ]
    parts = [
        HEAD,
        *_chapter("Published numbers, and ours", [_published_numbers(kept)]),
        *checklist(kept),
        *_chapter("Tables", tables, ABOUT_TABLES),
        *_chapter("Sweeps", sweeps),
        *_chapter("Transfers", transfers, ABOUT_TRANSFERS),
        *_chapter("Side by side, and studies", comparisons),
        *chain(*recipes),
    ]
    return "\n\n".join(parts) + "\n"


def _chapter(title: str, found: list[list[str]], *about: str) -> list[str]:
    """Return sections under a heading, and nothing if all are empty."""
    parts = list(chain(*found))
    return [f"## {title}", *about, *parts] if parts else []


def _published_numbers(kept: Kept) -> list[str]:
    rows = []
    for name, record in kept.recipes.items():
        for metric, published in RECIPES[name].published.items():
            values = record.values(metric)
            ours = formats.spread(values) if values else "not measured"
            seeds = formats.listed(record.by_seed)
            numbers = (metric, formats.number(published), ours, seeds)
            rows.append((markdown.link(name), *numbers, f"`keras-aae figures {name}`"))
    columns = ("recipe", "number", "published", "ours", "seeds", "command")
    return [markdown.table(columns, rows)] if rows else []
