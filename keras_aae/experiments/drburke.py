"""drburke/tensorflow: shared-encoding networks, SENs.

keras-aae train --recipe sen-mnist-small     about 30 min on 2 cores
keras-aae train --recipe sen-mnist           days on 2 cores, for a GPU

55,000 training images, and three batches of four a step: one of our epochs is 4,583 steps.
The repository counts 13,750 steps as an epoch, three of ours, so its four are twelve.
"""

from dataclasses import replace

from keras_aae.recipe import Experiment, Recipe, Table

SOURCE = "drburke/tensorflow, SENs/, "
PANEL = ("triple-panel",)
CURVES = ("embedding-histograms", "learning-curves")
# Classifiers of its frozen encoder: with 100 and 500 labels, with guesses of its own, and
# ours.
FEW_LABELS = (
    "frozen_accuracy_100",
    "frozen_accuracy_500",
    "pseudo_label_accuracy_100",
    "spread_label_accuracy_100",
)

# Leaky ReLUs have a slope of 0.2 here, 0.1 there; the generator's random numbers are
# uniform throughout, there also normal ones cut off at 0 and 1.
SEN_MNIST = Experiment(
    Recipe(
        name="sen-mnist",
        model="sen",
        dataset="mnist",
        validation=5000,
        options={"latent_dim": 32},
        optimizer={"name": "adam", "beta_1": 0.4},
        batch_size=4,
        epochs=12,
    ),
    source=SOURCE + "README.md and sens_network_mnist.py, after four of its epochs",
    published={"frozen_accuracy_100": 0.75, "frozen_accuracy_500": 0.90},
    metrics=FEW_LABELS,
    figures=(
        *PANEL,
        ("attribute-directions", {"attribute": "thickness"}),
        ("attribute-directions", {"attribute": "slant"}),
        "attribute-arithmetic",
        "morph",
        *CURVES,
    ),
    quick=False,
)


def _small(name: str, experiment=SEN_MNIST, epochs: int = 12, **options) -> Recipe:
    """The same with an eighth of the filters."""
    options = {"latent_dim": 32, "hidden_units": [8, 16, 32], **options}
    return experiment.recipe.replace(name=name, options=options, epochs=epochs)


# Widths with which four of the repository's epochs take half an hour on two cores.
SEN_MNIST_SMALL = replace(SEN_MNIST, recipe=_small("sen-mnist-small"))

# The same after one of its epochs, and after 500 steps: 6,000 images.
SEN_MNIST_SMALL_1 = replace(
    SEN_MNIST,
    recipe=_small("sen-mnist-small-1", epochs=3),
    source=SOURCE + "mnist_results_1_epoch.png, a picture",
    published={},
    figures=(*PANEL, *CURVES),
    seeds=(0, 1, 2),
)
SEN_MNIST_SMALL_500 = replace(
    SEN_MNIST_SMALL_1,
    recipe=_small("sen-mnist-small-500", epochs=1).replace(limit=6000, validation=0),
    source=SOURCE + "mnist_results_500_batches.png, a picture",
    metrics=(),
    figures=PANEL,
    seeds=(0,),
)

# What others in the repository tried: the discriminator sees the generator's embeddings
# themselves; no generator; an encoder of distributions, which it only hopes for.
SEN_DIRECT = replace(
    SEN_MNIST_SMALL_1,
    recipe=_small("sen-direct", fake_path="direct", epochs=3),
    source=SOURCE + 'sens_network_direct_gen.py: "less success"',
    seeds=(0,),
)
SEN_RANDOM = replace(
    SEN_DIRECT,
    recipe=_small("sen-random", fake_path="random", epochs=3),
    source=SOURCE + 'its first commits: "didn\'t work terribly well"',
)
SEN_VAE = replace(
    SEN_DIRECT,
    recipe=_small("sen-vae", epochs=3, fake_path="random", loss="bernoulli").replace(
        model="variational-sen"
    ),
    source=SOURCE + "README.md, an idea",
)
SEN_DIRECTED = replace(
    SEN_DIRECT,
    recipe=_small("sen-directed", epochs=3).replace(model="directed-sen"),
    source=SOURCE + "README.md, an idea",
)
SEN_FEATURES = replace(
    SEN_DIRECT,
    recipe=_small("sen-features", epochs=3).replace(model="feature-sen"),
    source="drburke/tensorflow, SENs 2.0/sens_network_mnist.py, without results",
)

SEN_VARIANTS = Table(
    recipes=(
        "sen-mnist-small-1", "sen-direct", "sen-random", "sen-vae", "sen-directed",
        "sen-features",
    ),
    metrics=("mse", *FEW_LABELS, "fid", "class_coverage", "class_entropy"),
)  # fmt: skip


def _classifiers(*metrics: str) -> Table:
    """Few labels on the frozen encoder, after four of its epochs and after one."""
    numbers = (name for metric in metrics for name in (metric, f"{metric}_std"))
    return Table(("sen-mnist-small", "sen-mnist-small-1"), tuple(numbers))


SEN_CLASSIFIER_100 = _classifiers("frozen_accuracy_100", "spread_label_accuracy_100")
SEN_CLASSIFIER_500 = _classifiers("frozen_accuracy_500")
SEN_PSEUDO_LABELS = _classifiers("pseudo_label_accuracy_100")

# What sharing the embedding is worth: the same budget without the game, with it, and with
# a classifier of all labels too.
SEN_ALONE = replace(
    SEN_MNIST_SMALL_1,
    recipe=_small("sen-alone", fake_path="none", epochs=3),
    source="ours: autoencoding alone, to compare with",
    figures=("reconstructions", "learning-curves"),
)
SEN_CLASSIFIED = replace(
    SEN_MNIST_SMALL_1,
    recipe=_small("sen-classified", epochs=3).replace(model="classifying-sen"),
    source="ours: and a classifier of all labels, to compare with",
)
SEN_ABLATION = Table(
    recipes=("sen-alone", "sen-mnist-small-1", "sen-classified"),
    metrics=(
        "mse",
        "knn_accuracy_1000",
        "linear_accuracy",
        *FEW_LABELS,
        "fid",
        "class_coverage",
    ),
    finding=(
        "Sharing the embedding with the game neither helps nor hurts what it tells of the "
        "classes: every interval of a difference in accuracy holds 0, and so does that of "
        "the squared error. What it buys is the generator. A classifier of all labels "
        "trained along buys 2 to 6 points of accuracy with few labels, and better images, "
        "for a little squared error; its few labels are then not the only ones."
    ),
)


def _grid(batch_size: int, latent_dim: int) -> Experiment:
    """One of our epochs, for the width of batches and embeddings."""
    name = f"sen-{batch_size}x{latent_dim}"
    recipe = _small(name, epochs=1, latent_dim=latent_dim)
    return replace(
        SEN_MNIST_SMALL_500,
        recipe=recipe.replace(batch_size=batch_size),
        source=SOURCE + "SENs_MNIST.ipynb, which tried 8 to 32 and 32 to 128: pictures",
    )


# Its finding for digits is that tiny batches are best.
SEN_4X32, SEN_4X128 = _grid(4, 32), _grid(4, 128)
SEN_16X32, SEN_16X128 = _grid(16, 32), _grid(16, 128)
SEN_64X32, SEN_64X128 = _grid(64, 32), _grid(64, 128)
SEN_BATCHES = Table(
    recipes=(
        "sen-4x32", "sen-16x32", "sen-64x32", "sen-4x128", "sen-16x128", "sen-64x128",
    ),
    metrics=("mse", "knn_accuracy_1000", "linear_accuracy", "fid", "class_coverage"),
    finding=(
        "For as many images seen, batches of 4 make the best images at either width, as "
        "the repository found; those of 64 have had a sixteenth of the steps. What the "
        "embeddings tell of the classes hardly depends on them. Wider embeddings tell "
        "more, and lose less but in batches of 64, where the generator made one image "
        "only. One seed each."
    ),
)  # fmt: skip

# As wide a code as those of the other families that few labels are given to.
SEN_20D = replace(
    SEN_MNIST_SMALL_1,
    recipe=_small("sen-20d", latent_dim=20, epochs=3),
    source="ours: for few labels, beside autoencoder and VAE",
    metrics=("probe_2000", *FEW_LABELS),
    figures=PANEL,
)

SEN_FACES = Experiment(
    Recipe(
        name="sen-faces",
        model="sen",
        dataset="lfw",
        options={"latent_dim": 128, "hidden_units": [8, 16, 32, 64]},
        optimizer={"name": "adam", "beta_1": 0.4},
        batch_size=32,
        epochs=20,
    ),
    source=SOURCE + 'README.md: faces want larger batches, "the opposite" of digits',
    figures=(*PANEL, "interpolation-animation", *CURVES),
    quick=False,
)
