"""The command `transfer`: classifiers of other images on frozen codes."""

import json
from typing import Any

import click

from keras_aae.checks import Count, Seed

from .backend import select_backend
from .options import (
    Value,
    backend_option,
    data_dir_option,
    dataset_option,
    debug_option,
    json_option,
)
from .tables import print_rows

CLASSIFIERS = ("logistic", "lightgbm", "lightgbm-tuned")


@click.command()
@click.argument("run", type=click.Path())
@dataset_option
@click.option(
    "--classifier", default="logistic", type=click.Choice(CLASSIFIERS),
    help="Logistic regression, or LightGBM with its defaults or tuned. [logistic]",
)  # fmt: skip
@click.option("--classes", help="Use only these classes, e.g. automobile,ship.")
@click.option("--limit", type=Value(Count), help="Maximum number of images per split.")
@click.option(
    "--baselines/--no-baselines", default=True,
    help="Also use an untrained encoder, and pixels at 16x16 or less.",
)  # fmt: skip
@click.option("--seed", default=0, type=Value(Seed), help="Random seed. [0]")
@data_dir_option
@backend_option
@json_option
@debug_option
def transfer(
    run: str,
    dataset: str | None,
    classifier: str,
    classes: str | None,
    limit: int | None,
    baselines: bool,
    seed: int,
    data_dir: str | None,
    backend: str | None,
    as_json: bool,
) -> None:
    """Classify other images on the frozen encoder of RUN.

    A classifier is trained on the codes of the training images of --dataset, which may
    differ from the data of RUN, and evaluated on its test images by accuracy and area
    under the ROC curve (each class against the others). Images of a folder, lfw and
    cifar10 are resized to fit the encoder.

    The studies of `keras-aae list transfers` are made with `keras-aae figures NAME`.

    \b
    Example:
      keras-aae transfer runs/faces --dataset cifar10 --classes automobile,ship
    """
    select_backend(backend)
    from keras_aae.data import load_resized
    from keras_aae.evaluation.transferring import compare, numbers, of_classes
    from keras_aae.publishing.source import Source

    source = Source.open(run, data_dir=data_dir)
    model: Any = source.model
    data = load_resized(dataset, model.image_shape, data_dir)
    data = of_classes(data, classes.split(",")) if classes else data
    data = data if limit is None else data.limited(limit, seed)
    encoders = source.encoders(baselines=baselines)
    found = numbers(compare(encoders, data, classifier, seed))
    if as_json:
        click.echo(json.dumps(found))
        return
    _print(found)


def _print(found: dict[str, Any]) -> None:
    head = ["accuracy", "AUROC", "accuracy, train", "AUROC, train"]
    rows = [["classified by", *head]]
    for name, each in found.items():
        parts = (each["test"], each["train"])
        numbers = (part[of] for part in parts for of in ("accuracy", "auroc"))
        rows.append([name, *(f"{100 * x:.2f} %" for x in numbers)])
    print_rows(rows)
