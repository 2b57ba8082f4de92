"""drburke/tensorflow: shared-encoding networks, SENs.

keras-aae train --recipe sen-mnist-small     about 30 min on 2 cores
keras-aae train --recipe sen-mnist           days on 2 cores, for a GPU

55,000 training images, and three batches of four a step: one of our epochs is 4,583 steps.
The repository counts 13,750 steps as an epoch, three of ours, so its four are twelve.
"""

from keras_aae.experiments.experiment import Experiment, Table
from keras_aae.recipe import Recipe

SOURCE = "drburke/tensorflow, SENs/, "
PANEL = ("triple-panel",)
CURVES = ("embedding-histograms", "learning-curves")
# Classifiers of its frozen encoder: with 100 and 500 labels, with guesses of its own, and
# ours.
FEW_LABELS = (
    "probe_kernel_100",
    "probe_kernel_500",
    "probe_pseudo_labels_100",
    "probe_label_spreading_100",
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
    about="shared-encoding network of the original's width, for a GPU",
    source=SOURCE + "README.md and sens_network_mnist.py, after four of its epochs",
    published={"probe_kernel_100": 0.75, "probe_kernel_500": 0.90},
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

# Widths with which four of the repository's epochs take half an hour on two cores.
SEN_MNIST_SMALL = SEN_MNIST.variant(
    "sen-mnist-small",
    "the same with an eighth of the filters",
    {"hidden_units": [8, 16, 32]},
)

# The same after one of its epochs, and after 500 steps: 6,000 images.
SEN_MNIST_SMALL_1 = SEN_MNIST_SMALL.variant(
    "sen-mnist-small-1",
    "the same after a quarter of the steps",
    {"epochs": 3},
    source=SOURCE + "mnist_results_1_epoch.png, a picture",
    published={},
    figures=(*PANEL, *CURVES),
    seeds=(0, 1, 2),
)
SEN_MNIST_SMALL_500 = SEN_MNIST_SMALL_1.variant(
    "sen-mnist-small-500",
    "the same after 500 steps",
    {"epochs": 1, "limit": 6000, "validation": 0},
    source=SOURCE + "mnist_results_500_batches.png, a picture",
    metrics=(),
    figures=PANEL,
    seeds=(0,),
)

# What others in the repository tried: the discriminator sees the generator's embeddings
# themselves; no generator; an encoder of distributions, which it only hopes for.
SEN_DIRECT = SEN_MNIST_SMALL_1.variant(
    "sen-direct",
    "SEN whose discriminator sees the generator's embeddings themselves",
    {"fake_path": "direct"},
    source=SOURCE + 'sens_network_direct_gen.py: "less success"',
    seeds=(0,),
)
SEN_RANDOM = SEN_DIRECT.variant(
    "sen-random",
    "SEN without a generator: random embeddings",
    {"fake_path": "random"},
    source=SOURCE + 'its first commits: "didn\'t work terribly well"',
)
SEN_VAE = SEN_RANDOM.variant(
    "sen-vae",
    "SEN whose encoder gives distributions, so that random embeddings decode",
    {"model": "variational-sen", "loss": "bernoulli"},
    source=SOURCE + "README.md, an idea",
)
SEN_DIRECTED = SEN_MNIST_SMALL_1.variant(
    "sen-directed",
    "SEN whose generator is told the digit",
    {"model": "directed-sen"},
    source=SOURCE + "README.md, an idea",
    seeds=(0,),
)
SEN_FEATURES = SEN_MNIST_SMALL_1.variant(
    "sen-features",
    "SEN whose generator is told features without names",
    {"model": "feature-sen"},
    source="drburke/tensorflow, SENs 2.0/sens_network_mnist.py, without results",
    seeds=(0,),
)

SEN_VARIANTS = Table(
    "sen-variants",
    "ways to make fakes and to direct them, and few labels on the codes of each",
    recipes=(
        "sen-mnist-small-1", "sen-direct", "sen-random", "sen-vae", "sen-directed",
        "sen-features",
    ),
    metrics=("mse", *FEW_LABELS, "fid", "class_coverage", "class_entropy"),
)  # fmt: skip


def _classifiers(name: str, about: str, *metrics: str) -> Table:
    """Few labels on the frozen encoder, after four of its epochs and after one."""
    numbers = (name for metric in metrics for name in (metric, f"{metric}_std"))
    return Table(name, about, ("sen-mnist-small", "sen-mnist-small-1"), tuple(numbers))


SEN_CLASSIFIER_100 = _classifiers(
    "sen-classifier-100",
    "classifiers of a frozen encoder from 100 labels, over five draws of them",
    "probe_kernel_100",
    "probe_label_spreading_100",
)
SEN_CLASSIFIER_500 = _classifiers(
    "sen-classifier-500", "the same from 500 labels", "probe_kernel_500"
)
SEN_PSEUDO_LABELS = _classifiers(
    "sen-pseudo-labels",
    "the same from 100 labels and its own guesses of 2,500 others",
    "probe_pseudo_labels_100",
)

# What sharing the embedding is worth: the same budget without the game, with it, and with
# a classifier of all labels too.
SEN_ALONE = SEN_MNIST_SMALL_1.variant(
    "sen-alone",
    "ablation: a SEN's autoencoding alone",
    {"fake_path": "none"},
    source="ours: autoencoding alone, to compare with",
    figures=("reconstructions", "learning-curves"),
)
SEN_CLASSIFIED = SEN_MNIST_SMALL_1.variant(
    "sen-classified",
    "ablation: sen-mnist-small-1 with a classifier too",
    {"model": "classifying-sen"},
    source="ours: and a classifier of all labels, to compare with",
)
SEN_ABLATION = Table(
    "sen-ablation",
    "what sharing the embedding with a game, and with a classifier, is worth",
    recipes=("sen-alone", "sen-mnist-small-1", "sen-classified"),
    metrics=(
        "mse",
        "probe_knn_1000",
        "probe_logistic_10000",
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
    return SEN_MNIST_SMALL_500.variant(
        f"sen-{batch_size}x{latent_dim}",
        f"SEN in batches of {batch_size} with an embedding of {latent_dim} units, one "
        "epoch",
        {
            "batch_size": batch_size,
            "latent_dim": latent_dim,
            "limit": None,
            "validation": 5000,
        },
        source=SOURCE + "SENs_MNIST.ipynb, which tried 8 to 32 and 32 to 128: pictures",
    )


# Its finding for digits is that tiny batches are best.
SEN_GRID = tuple(_grid(batch, units) for units in (32, 128) for batch in (4, 16, 64))
SEN_BATCHES = Table(
    "sen-batches",
    "SENs by the width of their batches and of their embeddings",
    recipes=tuple(experiment.name for experiment in SEN_GRID),
    metrics=("mse", "probe_knn_1000", "probe_logistic_10000", "fid", "class_coverage"),
    finding=(
        "For as many images seen, batches of 4 make the best images at either width, as "
        "the repository found; those of 64 have had a sixteenth of the steps. What the "
        "embeddings tell of the classes hardly depends on them. Wider embeddings tell "
        "more, and lose less but in batches of 64, where the generator made one image "
        "only. One seed each."
    ),
)

# As wide a code as those of the other families that few labels are given to.
SEN_20D = SEN_MNIST_SMALL_1.variant(
    "sen-20d",
    "SEN of 20 dimensions, for few labels",
    {"latent_dim": 20},
    source="ours: for few labels, beside autoencoder and VAE",
    metrics=("probe_logistic_2000", "probe_knn_2000", "probe_dense_2000", *FEW_LABELS),
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
    about="SEN of faces, in larger batches",
    source=SOURCE + 'README.md: faces want larger batches, "the opposite" of digits',
    figures=(*PANEL, "interpolation-animation", *CURVES),
    quick=False,
)
