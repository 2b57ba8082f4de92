"""`transfer`: what frozen codes say of other images."""

import json

import click

from cli.backend import select_backend
from cli.options import (
    backend_option,
    data_dir_option,
    dataset_option,
    debug_option,
    json_option,
)
from cli.tables import print_rows

CLASSIFIERS = ("logistic", "lightgbm")


@click.command()
@click.argument("run", type=click.Path())
@dataset_option
@click.option(
    "--classifier", default="logistic", type=click.Choice(CLASSIFIERS),
    help="Logistic regression, or LightGBM with its defaults. [logistic]",
)  # fmt: skip
@click.option("--classes", help="These alone, e.g. automobile,ship.")
@click.option(
    "--limit", type=click.IntRange(min=1), help="Use at most so many images of a part."
)
@click.option(
    "--baselines/--no-baselines", default=True,
    help="Also the untrained encoder, pixels and chance.",
)  # fmt: skip
@click.option("--seed", default=0, type=click.IntRange(min=0), help="[0]")
@data_dir_option
@backend_option
@json_option
@debug_option
def transfer(
    run, dataset, classifier, classes, limit, baselines, seed, data_dir, backend, as_json
):  # fmt: skip
    r"""Classify other images by the frozen encoder of RUN.

    A classifier learns from the codes of the training images of --dataset, which may be
    of another kind than RUN was trained on, and is tested on its test images: accuracy,
    and the area under the ROC curve of each class against the others. Pictures of a
    folder are resized to what the encoder takes.

    \b
    Example:
      keras-aae transfer runs/faces --dataset cifar10/ --classes automobile,ship
    """
    select_backend(backend)
    from keras_aae.data import load_resized
    from keras_aae.evaluation.pixels import as_rows
    from keras_aae.evaluation.probes import encoder_of
    from keras_aae.evaluation.transferring import of_classes, transfer
    from keras_aae.source import Source

    source = Source.open(run, data_dir=data_dir)
    data = load_resized(dataset, source.model.image_shape, data_dir)
    data = of_classes(data, classes.split(",")) if classes else data
    data = data if limit is None else data.limited(limit, seed)
    encoders = {"codes": encoder_of(source.model)}
    if baselines:
        encoders |= {"untrained": source.untrained().model.encode, "pixels": as_rows}
    found = {
        name: transfer(encode, data, classifier, seed=seed)
        for name, encode in encoders.items()
    }
    if as_json:
        click.echo(json.dumps({name: _plain(each) for name, each in found.items()}))
        return
    _print(found)


def _plain(found) -> dict:
    return {
        name: {
            "accuracy": part.accuracy,
            "auroc": part.auroc,
            "confusion": part.confusion.tolist(),
        }
        for name, part in (("train", found.train), ("test", found.test))
    }


def _print(found: dict) -> None:
    head = ["accuracy", "AUROC", "accuracy, train", "AUROC, train"]
    rows = [["classified by", *head]]
    for name, each in found.items():
        parts = (each.test, each.train)
        numbers = (x for part in parts for x in (part.accuracy, part.auroc))
        rows.append([name, *(f"{100 * x:.2f} %" for x in numbers)])
    classes = len(found["codes"].test.confusion)
    rows.append(["chance", *(f"{x:.2f} %" for x in 2 * (100 / classes, 50))])
    print_rows(rows)
