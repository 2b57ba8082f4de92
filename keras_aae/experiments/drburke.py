"""drburke/tensorflow: shared-encoding networks, SENs.

keras-aae train --recipe sen-mnist-small     about 30 min on 2 cores
keras-aae train --recipe sen-mnist           days on 2 cores, needs a GPU

A step takes three batches of four from 55,000 training images, so one of our epochs has
4,583 steps. The repository counts 13,750 steps as an epoch, three of ours, so its four
epochs are twelve of ours.
"""

from keras_aae.experiments.experiment import Experiment, Table
from keras_aae.recipe import Recipe

SOURCE = "drburke/tensorflow, SENs/, "
PANEL = ("triple-panel",)
CURVES = ("embedding-histograms", "learning-curves")
# Classifiers on the frozen encoder: the repository's with 100 labels, 500 labels and
# pseudo-labels, and our label spreading.
FEW_LABELS = (
    "probe_kernel_100",
    "probe_kernel_500",
    "probe_pseudo_labels_100",
    "probe_label_spreading_100",
)

# Differences from the repository: leaky ReLUs have a slope of 0.2, not 0.1, and the
# generator's noise is always uniform; there it is also normal, clipped to [0, 1].
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
    about="shared-encoding network at the original width, needs a GPU",
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

# At these widths four of the repository's epochs take half an hour on two cores.
SEN_MNIST_SMALL = SEN_MNIST.variant(
    "sen-mnist-small",
    "sen-mnist with an eighth of the filters",
    {"hidden_units": [8, 16, 32]},
)

# The same network after one of the repository's epochs, and after 500 steps (6,000
# images).
SEN_MNIST_SMALL_1 = SEN_MNIST_SMALL.variant(
    "sen-mnist-small-1",
    "sen-mnist-small after a quarter of the steps",
    {"epochs": 3},
    source=SOURCE + "mnist_results_1_epoch.png, a figure",
    published={},
    figures=(*PANEL, *CURVES),
    seeds=(0, 1, 2),
)
SEN_MNIST_SMALL_500 = SEN_MNIST_SMALL_1.variant(
    "sen-mnist-small-500",
    "sen-mnist-small after 500 steps",
    {"epochs": 1, "limit": 6000, "validation": 0},
    source=SOURCE + "mnist_results_500_batches.png, a figure",
    metrics=(),
    figures=PANEL,
    seeds=(0,),
)

# Variants in the repository: the discriminator sees the generator's embeddings
# directly; there is no generator; the encoder is variational, which it only suggests.
SEN_DIRECT = SEN_MNIST_SMALL_1.variant(
    "sen-direct",
    "SEN whose discriminator sees the generator's embeddings directly",
    {"fake_path": "direct"},
    source=SOURCE + 'sens_network_direct_gen.py: "less success"',
    seeds=(0,),
)
SEN_RANDOM = SEN_DIRECT.variant(
    "sen-random",
    "SEN with random embeddings instead of a generator",
    {"fake_path": "random"},
    source=SOURCE + 'its first commits: "didn\'t work terribly well"',
)
SEN_VAE = SEN_RANDOM.variant(
    "sen-vae",
    "SEN with a variational encoder, so that random embeddings decode to digits",
    {"model": "variational-sen", "loss": "bernoulli"},
    source=SOURCE + "README.md, an idea",
)
SEN_DIRECTED = SEN_MNIST_SMALL_1.variant(
    "sen-directed",
    "SEN whose generator is conditioned on the digit",
    {"model": "directed-sen"},
    source=SOURCE + "README.md, an idea",
    seeds=(0,),
)
SEN_FEATURES = SEN_MNIST_SMALL_1.variant(
    "sen-features",
    "SEN with an unsupervised (InfoGAN-style) generator code",
    {"model": "feature-sen"},
    source="drburke/tensorflow, SENs 2.0/sens_network_mnist.py, without results",
    seeds=(0,),
)

SEN_VARIANTS = Table(
    "sen-variants",
    "variants of the generator path, and few-label accuracy of their codes",
    recipes=(
        "sen-mnist-small-1", "sen-direct", "sen-random", "sen-vae", "sen-directed",
        "sen-features",
    ),
    metrics=("mse", *FEW_LABELS, "fid", "class_coverage", "class_entropy"),
)  # fmt: skip


def _classifiers(name: str, about: str, *metrics: str) -> Table:
    """Return a table of classifiers on the encoder after two training lengths."""
    numbers = (name for metric in metrics for name in (metric, f"{metric}_std"))
    return Table(name, about, ("sen-mnist-small", "sen-mnist-small-1"), tuple(numbers))


SEN_CLASSIFIER_100 = _classifiers(
    "sen-classifier-100",
    "classifiers on a frozen encoder, 100 labels, five random label subsets",
    "probe_kernel_100",
    "probe_label_spreading_100",
)
SEN_CLASSIFIER_500 = _classifiers(
    "sen-classifier-500",
    "classifiers on a frozen encoder, 500 labels, five random label subsets",
    "probe_kernel_500",
)
SEN_PSEUDO_LABELS = _classifiers(
    "sen-pseudo-labels",
    "classifiers on a frozen encoder, 100 labels and 2,500 pseudo-labels",
    "probe_pseudo_labels_100",
)

# Ablation at the same budget: autoencoding alone, with adversarial training, and with a
# classifier trained on all labels in addition.
SEN_ALONE = SEN_MNIST_SMALL_1.variant(
    "sen-alone",
    "ablation: the autoencoder of a SEN, without adversarial training",
    {"fake_path": "none"},
    source="ours: autoencoding alone, for comparison",
    figures=("reconstructions", "learning-curves"),
)
SEN_CLASSIFIED = SEN_MNIST_SMALL_1.variant(
    "sen-classified",
    "ablation: sen-mnist-small-1 with an additional classifier",
    {"model": "classifying-sen"},
    source="ours: with a classifier of all labels, for comparison",
)
SEN_ABLATION = Table(
    "sen-ablation",
    "effect of adversarial training, and of a classifier, on the shared embedding",
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
        "Adversarial training neither improves nor reduces the accuracy of classifiers "
        "on the embedding: the interval of every difference in accuracy contains 0, as "
        "does that of the squared error. Its benefit is the generator. A classifier "
        "trained jointly on all labels adds 2 to 6 points of few-label accuracy and "
        "improves the images, at a slightly larger squared error. That encoder has "
        "already seen all labels, so the few labels are not the only ones that it "
        "uses."
    ),
)


def _grid(batch_size: int, latent_dim: int) -> Experiment:
    """Return a one-epoch experiment with a batch size and an embedding dimension."""
    return SEN_MNIST_SMALL_500.variant(
        f"sen-{batch_size}x{latent_dim}",
        f"SEN with batch size {batch_size} and a {latent_dim}-D embedding, one epoch",
        {
            "batch_size": batch_size,
            "latent_dim": latent_dim,
            "limit": None,
            "validation": 5000,
        },
        source=SOURCE
        + "SENs_MNIST.ipynb, which tried 8 to 32 and 32 to 128; figures only",
    )


# The repository found that tiny batches are best for digits.
SEN_GRID = tuple(_grid(batch, units) for units in (32, 128) for batch in (4, 16, 64))
SEN_BATCHES = Table(
    "sen-batches",
    "SENs by batch size and embedding dimension",
    recipes=tuple(experiment.name for experiment in SEN_GRID),
    metrics=("mse", "probe_knn_1000", "probe_logistic_10000", "fid", "class_coverage"),
    finding=(
        "For the same number of training images, a batch size of 4 gives the best "
        "images at either dimension, as the repository found; a batch size of 64 takes "
        "a sixteenth of the steps. The accuracy of classifiers on the embeddings "
        "hardly depends on the batch size. Embeddings with more dimensions are "
        "classified more accurately and reconstruct better, except with a batch size "
        "of 64, where the generator collapsed to a single image. One seed each."
    ),
)

# Same code dimension as the other families in the few-label comparison.
SEN_20D = SEN_MNIST_SMALL_1.variant(
    "sen-20d",
    "SEN, 20 dimensions, for few-label classification",
    {"latent_dim": 20},
    source="ours: few-label classification, to compare with autoencoder and VAE",
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
    about="SEN of faces, with larger batches",
    source=SOURCE + 'README.md: faces need larger batches, "the opposite" of digits',
    figures=(*PANEL, "interpolation-animation", *CURVES),
    quick=False,
)
