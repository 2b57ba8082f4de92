"""Lookup of menu entries by name, and names of earlier versions."""

import importlib
from typing import Any

from keras_aae.errors import KerasAAEError, suggestion


def check_name(name: str, menu: dict[str, Any], kind: str) -> str:
    """Return the current form of `name` if it is on the menu.

    Raises:
        KerasAAEError: the name is unknown; the message lists the choices and suggests
            the nearest.
    """
    if isinstance(name, str):
        name = RENAMED.get(kind, {}).get(name, name)
        if name in menu:
            return name
    raise KerasAAEError(
        f"Unknown {kind} {name!r}.{suggestion(name, menu)} Choices: {', '.join(menu)}."
    )


def load_entry(name: str, menu: dict[str, Any], kind: str) -> Any:
    """Import and return the object of a menu entry."""
    module, attribute = menu[check_name(name, menu, kind)][0].split(":")
    return getattr(importlib.import_module(module), attribute)


# Former name -> current name. Files, recipes and commands may use either.
RENAMED: dict[str, dict[str, str]] = {
    "model": {"labelled-aae": "labeled-aae"},
    "class": {"LabelledAAE": "LabeledAAE"},
    "network": {
        "normalised": "dense-bn",
        "normalised-conv": "conv-bn",
        "faces": "conv-bn-3",
    },
    "figure": {
        "adversarial-health": "adversarial-diagnostics",
        "neighbours": "nearest-neighbors",
        "labelled-samples": "labeled-samples",
    },
    "metric": {
        "neg_elbo_binarised": "neg_elbo_binarized",
        "reconstruction_nll_binarised": "reconstruction_nll_binarized",
        "kl_binarised": "kl_binarized",
        "nll_binarised": "nll_binarized",
        "nll_5000_binarised": "nll_5000_binarized",
        "knn_accuracy_100": "probe_knn_100",
        "knn_accuracy_1000": "probe_knn_1000",
        "linear_accuracy": "probe_logistic_10000",
        "frozen_accuracy_100": "probe_kernel_100",
        "frozen_accuracy_500": "probe_kernel_500",
        "pseudo_label_accuracy_100": "probe_pseudo_labels_100",
        "spread_label_accuracy_100": "probe_label_spreading_100",
        "probe_2000": "probe_logistic_2000",
        "probe_2000_logistic": "probe_logistic_2000",
        "probe_2000_neighbours": "probe_knn_2000",
        "probe_2000_dense": "probe_dense_2000",
        "pixel_probe_2000": "pixel_probe_logistic_2000",
        "pixel_probe_2000_logistic": "pixel_probe_logistic_2000",
        "pixel_probe_2000_neighbours": "pixel_probe_knn_2000",
        "pixel_probe_2000_dense": "pixel_probe_dense_2000",
        "petal_accuracy": "component_accuracy",
        "petal_coverage": "component_coverage",
        "petal_purity": "component_purity",
    },
    "term": {
        "accuracy_codes": "discriminator_accuracy_codes",
        "accuracy_prior": "discriminator_accuracy_prior",
        "accuracy_categories": "discriminator_accuracy_categories",
        "accuracy_category_prior": "discriminator_accuracy_category_prior",
        "accuracy_images": "discriminator_accuracy_images",
        "accuracy_generated": "discriminator_accuracy_generated",
        "crowding": "head_separation",
        "direction": "condition_loss",
        "certainty": "min_entropy",
    },
    "recipe value": {"labels": "num_labels", "watch": "track_codes"},
    "option": {
        "binarise": "binarize",
        "matching_weight": "regularization_weight",
        "normalised_codes": "normalized_codes",
        "penalised": "penalized",
    },
    "gan option": {
        "matching_weight": "feature_matching_weight",
        "penalty_weight": "gradient_penalty_weight",
    },
    "flag": {"--labels": "--num-labels"},
}


def current_name(kind: str, name: str) -> str:
    """Return the current name of an item, given its current or a former name."""
    return RENAMED[kind].get(name, name)


def current_keys(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return values with current names as keys."""
    return {current_name(kind, key): value for key, value in values.items()}


def former_keys(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return values with the names of format 1; the inverse of `current_keys`."""
    former = {new: old for old, new in RENAMED[kind].items()}
    return {former.get(key, key): value for key, value in values.items()}


def current_terms(row: dict[str, Any]) -> dict[str, Any]:
    """Return a history row or other terms with current names as keys."""
    return {_current_number("term", name): value for name, value in row.items()}


def current_metrics(metrics: dict[str, Any]) -> dict[str, Any]:
    """Return metrics with current names as keys, grouped metrics included."""
    return {_current_number("metric", name): value for name, value in metrics.items()}


def _current_number(kind: str, name: str) -> str:
    """Return the current name of a number, which may have a val_ prefix or a suffix."""
    for prefix in ("val_", "train_"):
        if name.startswith(prefix):
            return prefix + current_term(name.removeprefix(prefix))
    if name in RENAMED[kind] or kind == "term":
        return current_name(kind, name)
    entry, _, ending = name.rpartition("_")
    return f"{current_name(kind, entry)}_{ending}" if entry in RENAMED[kind] else name


def current_term(name: str) -> str:
    """Return the current name of a history column."""
    return _current_number("term", name)
