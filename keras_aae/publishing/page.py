"""The results page: Markdown of everything that the results folder keeps."""

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
    "a wrong guess is followed by the class, in brackets, and a frame has the colour of "
    "the class."
)


def page(results) -> str:
    """Return the page of a results folder."""
    kept = Kept.read(results)
    parts = [
        HEAD,
        *_published_numbers(kept),
        *checklist(kept),
        *_tables(kept),
        *_sweeps(kept),
        *_transfers(kept),
        *_comparisons(kept),
        *_recipes(kept),
    ]
    return "\n\n".join(parts) + "\n"


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
    tables = [[markdown.table(columns, rows)]] if rows else []
    return _chapter("Published numbers, and ours", tables)


def _tables(kept: Kept) -> list[str]:
    found = [sections.of_table(table, kept.recipes) for table in TABLES.values()]
    return _chapter("Tables", found, ABOUT_TABLES)


def _sweeps(kept: Kept) -> list[str]:
    found = [sections.of_sweep(SWEEPS[n], record) for n, record in kept.sweeps.items()]
    return _chapter("Sweeps", found)


def _transfers(kept: Kept) -> list[str]:
    found = []
    for name, record in kept.transfers.items():
        study = TRANSFERS[name]
        special = kept.recipes.get(study.specialist)
        beside = special and (RECIPES[study.specialist], special)
        found.append(sections.of_transfer(study, record, beside))
    return _chapter("Transfers", found, ABOUT_TRANSFERS)


def _comparisons(kept: Kept) -> list[str]:
    found = [sections.of_comparison(COMPARISONS[name]) for name in kept.comparisons]
    return _chapter("Side by side, and studies", found)


def _recipes(kept: Kept) -> list[str]:
    parts = []
    for name, record in kept.recipes.items():
        parts += sections.of_recipe(RECIPES[name], record, kept.folder / name)
    return parts


def _chapter(title: str, found: list[list[str]], *about: str) -> list[str]:
    """Return sections under a heading, and nothing if all are empty."""
    parts = [part for section in found for part in section]
    return [f"## {title}", *about, *parts] if parts else []
