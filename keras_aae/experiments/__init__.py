"""Recipes: experiments as plain values, each with its expected numbers.

Fields that a recipe leaves out take the defaults of `keras_aae.recipe.Recipe`.
"""

from typing import Any

from keras_aae.experiments import (
    drburke,
    features,
    gtoubassi,
    hrenski,
    makhzani,
    mrquincle,
    papers,
    shekkizh,
)
from keras_aae.experiments.experiment import (
    Comparison,
    Experiment,
    Sweep,
    Table,
    TransferStudy,
)

__all__ = [
    "COMPARISONS",
    "RECIPES",
    "SWEEPS",
    "TABLES",
    "TRANSFERS",
    "Comparison",
    "Experiment",
    "Sweep",
    "Table",
    "TransferStudy",
]


def _menu(*entries: Any) -> dict[str, Any]:
    return {entry.name: entry for entry in entries}


# In the order of the results page.
RECIPES: dict[str, Experiment] = _menu(
    mrquincle.AUTOENCODER_32, mrquincle.SPARSE_L1, mrquincle.SPARSE_L1_STRONG,
    mrquincle.SPARSE_KL, mrquincle.SPARSE_KL_DECAY, mrquincle.NONNEGATIVE,
    papers.DENOISING, shekkizh.AUTOENCODER_3D,
    gtoubassi.CONV_AUTOENCODER_2D, gtoubassi.CONV_AUTOENCODER_5D,
    gtoubassi.CONV_AUTOENCODER_20D,
    mrquincle.VAE_2D, shekkizh.VAE_3D, shekkizh.VAE_3D_RELU,
    shekkizh.GAN_MNIST, shekkizh.GAN_FAILED_INIT, shekkizh.GAN_FACES,
    shekkizh.GAN_FACES_SMALL,
    mrquincle.VAE_20D, mrquincle.VAE_2D_SOFTPLUS,
    gtoubassi.CONV_VAE_2D, gtoubassi.CONV_VAE_5D, gtoubassi.CONV_VAE_20D,
    gtoubassi.CONV_AAE_20D, papers.CONDITIONAL_VAE,
    mrquincle.AAE_8D, mrquincle.AAE_8D_MATCHED,
    hrenski.AAE_GAUSSIAN, hrenski.AAE_UMBRELLA, hrenski.AAE_UMBRELLA_LABELS,
    makhzani.AAE_SWISS_ROLL, makhzani.AAE_STYLE, makhzani.WAE_MMD, makhzani.WAE_GAN,
    makhzani.AAE_SEMI_100, makhzani.AAE_SEMI_1000, makhzani.AAE_SEMI_ALL,
    makhzani.AAE_CLUSTERS_16, makhzani.AAE_CLUSTERS_30, makhzani.AAE_REDUCTION_2D,
    gtoubassi.CLASSIFIER_DENSE, gtoubassi.CLASSIFIER_CONV, hrenski.CLASSIFIER_CIFAR10,
    gtoubassi.WIDE_AND_DEEP, gtoubassi.WIDE_AND_DEEP_2000, features.MNIST_FEATURES,
    drburke.SEN_MNIST, drburke.SEN_MNIST_SMALL, drburke.SEN_MNIST_SMALL_1,
    drburke.SEN_MNIST_SMALL_500, drburke.SEN_DIRECT, drburke.SEN_RANDOM,
    drburke.SEN_VAE, drburke.SEN_DIRECTED, drburke.SEN_FEATURES,
    drburke.SEN_ALONE, drburke.SEN_CLASSIFIED, *drburke.SEN_GRID, drburke.SEN_20D,
    drburke.SEN_FACES, hrenski.LFW_AAE_400,
    mrquincle.LINES_COORDINATES, mrquincle.LINES_CONV,
    papers.VAE_2D_BEST, papers.VAE_20D_BEST, papers.IWAE_50D,
)  # fmt: skip
COMPARISONS: dict[str, Comparison] = _menu(
    gtoubassi.AUTOENCODER_STRIPS, gtoubassi.VAE_STRIPS, hrenski.POSTERIORS,
    gtoubassi.CODES_20D, shekkizh.GAN_WEIGHTS,
    mrquincle.GRADIENT_VARIANCE, mrquincle.GUMBEL,
)  # fmt: skip
SWEEPS: dict[str, Sweep] = _menu(gtoubassi.LABEL_CURVE)
TRANSFERS: dict[str, TransferStudy] = _menu(
    hrenski.CIFAR10_TRANSFER, hrenski.CIFAR10_TRANSFER_LOGISTIC,
    hrenski.CIFAR10_TRANSFER_TUNED, hrenski.CIFAR10_CARS_SHIPS,
)  # fmt: skip
TABLES: dict[str, Table] = _menu(
    drburke.SEN_ABLATION, drburke.SEN_VARIANTS, drburke.SEN_BATCHES,
    drburke.SEN_CLASSIFIER_100, drburke.SEN_CLASSIFIER_500, drburke.SEN_PSEUDO_LABELS,
    gtoubassi.FEW_LABELS,
)  # fmt: skip
