"""Golden metrics of a few small models, which a changed formula would change."""

import json
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib import import_module

import keras
import numpy as np

from golden import FOLDER
from keras_aae.data import Dataset, Images, load_dataset
from keras_aae.evaluation import entry_of, evaluate, metric_version
from keras_aae.files import write_json
from keras_aae.registry import METRICS
from keras_aae.training.build import build_model

FILE = FOLDER / "metrics.json"
TEST_IMAGES = 24
SMALL = {"hidden_units": [16]}
# Every metric of the registry applies to at least one of these models.
MODELS = {
    "vae": ("vae", {"latent_dim": 2, **SMALL}),
    "sparse-autoencoder": ("sparse-autoencoder", {"latent_dim": 4, **SMALL}),
    "labeled-aae": ("labeled-aae", {"latent_dim": 2, **SMALL}),
    "clustering-aae": ("clustering-aae", {"latent_dim": 3, "classes": 10, **SMALL}),
    "classifier": ("classifier", SMALL),
    "gaussian-vae": ("vae", {"latent_dim": 3, "likelihood": "gaussian", **SMALL}),
}
# Reduced numbers of samples; the default ones would take minutes.
FEWER = {
    "gaussian_likelihood": {
        "SAMPLES": 40, "PRIOR_SAMPLES": 400, "TUNING_IMAGES": 24, "TUNING_SAMPLES": 20,
    },
    "likelihood": {"LONG_IMPORTANCE_SAMPLES": 100},
    "parzen": {"SAMPLES": 500, "TUNING_IMAGES": 24},
    "generation": {"IMAGES": 1000},
    "probes": {"PSEUDO_LABEL_IMAGES": 200},
    "probing": {"NUM_LABELS": 200},
}  # fmt: skip


@cache
def dataset() -> Dataset:
    """Return digits and flipped digits under the name `mnist`, which FID requires."""
    digits = load_dataset("digits")
    x, labels = digits.train.array(), digits.train.labels
    train = Images(np.concatenate([x, x[:, ::-1]]), np.concatenate([labels, labels]))
    test = digits.test.subset(np.arange(TEST_IMAGES))
    return replace(digits, name="mnist", train=train, test=test)


@contextmanager
def fewer_samples():
    """Reduce numbers of samples inside the context; yield the default numbers."""
    usual = {}
    for module, values in FEWER.items():
        module = import_module(f"keras_aae.evaluation.{module}")
        for name, value in values.items():
            usual[module, name] = getattr(module, name)
            setattr(module, name, value)
    try:
        yield {f"{module.__name__}.{name}": n for (module, name), n in usual.items()}
    finally:
        for (module, name), value in usual.items():
            setattr(module, name, value)


def measure(key) -> dict[str, float]:
    """Return the metrics that no earlier model has."""
    name, options = MODELS[key]
    keras.utils.set_random_seed(0)
    model = build_model(name, dataset().image_shape, **options, seed=0)
    earlier = list(MODELS)[: list(MODELS).index(key)]
    known = {entry_of(n) for k in earlier for n in read()["metrics"].get(k, ())}
    names = [n for n in METRICS if n not in known]
    with fewer_samples():
        return evaluate(model, dataset(), names=names, strict=False)


def read() -> dict:
    if not FILE.exists():
        return {"versions": {}, "samples": {}, "metrics": {}}
    return json.loads(FILE.read_text())


def write() -> None:
    FILE.unlink(missing_ok=True)
    for key in MODELS:
        found = read()
        found["metrics"][key] = measure(key)
        found["versions"] = {name: metric_version(name) for name in METRICS}
        with fewer_samples() as usual:
            found["samples"] = usual
        write_json(FILE, found)


if __name__ == "__main__":
    write()
