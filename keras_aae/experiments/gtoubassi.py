"""gtoubassi/mnist-vae: convolutional autoencoders and VAEs, and two classifiers.

keras-aae train --recipe conv-autoencoder-2d   about 4 min on 2 cores, as have the others
keras-aae train --recipe classifier-dense      about 1 min

55,000 training images, for the autoencoders in batches of 100. The repository stops after
three epochs without a better validation score and does not say how many that makes; so do
the classifiers here. The autoencoders of 2, 5 and 20 dimensions have a fixed number with
a falling learning rate, so that the six take less than half an hour.
"""

from dataclasses import replace

from keras_aae.recipe import Comparison, Experiment, Recipe, Sweep, Table

SOURCE = "gtoubassi/mnist-vae, mnist_conv_vae.py (figures only)"
EPOCHS = 4


def _recipe(model: str, latent_dim: int) -> Recipe:
    return Recipe(
        name=f"conv-{model}-{latent_dim}d",
        model=model,
        dataset="mnist",
        validation=5000,
        options={
            "latent_dim": latent_dim,
            "network": "lenet",
            "hidden_units": [32, 64, 1024],
            "activation": "leaky_relu",
        },
        optimizer="adam",
        learning_rate=f"cosine:0.001:0.00002:{EPOCHS}",
        batch_size=100,
        epochs=EPOCHS,
    )


# The code of the ordinary autoencoder is linear, and leaky ReLU in the repository.
PLANE = ("reconstruction-strip", "scatterplot", ("latent-sweep", {"spacing": "codes"}))
SPACE = ("reconstruction-strip", "tsne", "interpolation")
PROBES = ("probe_2000", "pixel_probe_2000")
SEEDS = (0, 1, 2)  # of those that are compared with few labels

CONV_AUTOENCODER_2D = Experiment(
    _recipe("autoencoder", 2), SOURCE, figures=(*PLANE, "space-per-class", "morph")
)
CONV_AUTOENCODER_5D = Experiment(_recipe("autoencoder", 5), SOURCE, figures=SPACE)
CONV_AUTOENCODER_20D = Experiment(
    _recipe("autoencoder", 20),
    SOURCE,
    figures=(*SPACE, ("samples", {"sampler": "gmm"})),
    metrics=PROBES,
    seeds=SEEDS,
)
CONV_VAE_2D = Experiment(
    _recipe("vae", 2),
    SOURCE,
    figures=(*PLANE, "samples", "space-per-class", "morph"),
)
CONV_VAE_5D = Experiment(_recipe("vae", 5), SOURCE, figures=(*SPACE, "samples"))
CONV_VAE_20D = Experiment(
    _recipe("vae", 20),
    SOURCE,
    figures=(*SPACE, "samples"),
    metrics=PROBES,
    seeds=SEEDS,
)

# The same networks and time in a game with a normal prior.
CONV_AAE_20D = Experiment(
    replace(
        _recipe("aae", 20),
        options={
            **_recipe("aae", 20).options,
            "loss": "bernoulli",
            "joint": True,
            "matching_weight": 10.0,
        },
    ),
    "ours: for few labels, beside autoencoder and VAE",
    figures=("reconstruction-strip", "samples", "adversarial-health"),
    metrics=PROBES,
    seeds=SEEDS,
)
FEW_LABELS = Table(
    recipes=("conv-autoencoder-20d", "conv-vae-20d", "conv-aae-20d", "sen-20d"),
    metrics=(
        *(f"probe_2000_{kind}" for kind in ("logistic", "neighbours", "dense")),
        *(f"pixel_probe_2000_{kind}" for kind in ("logistic", "neighbours", "dense")),
        "mse",
    ),
    finding=(
        "Whatever made them, 20 numbers learned without labels are worth more than 784 "
        "pixels to every classifier. Of the codes those of the ordinary autoencoder are "
        "the best, as the repository found too: a prior costs a dense network 0.6 points, "
        "sharing the code with a game 1.3, and either costs logistic regression 1.3 to "
        "2.5. Three trainings each, and five draws of the labels in each."
    ),
)


def _classifier(name: str, **options) -> Recipe:
    return Recipe(
        name=name,
        model="classifier",
        dataset="mnist",
        validation=5000,
        options=options,
        optimizer="adam",
        batch_size=32,
        epochs=50,
        monitor="val_accuracy",
        patience=3,
    )


# Codes join the hidden units of the pixels. The repository trains the classifier after the
# VAE, ours learns along with it.
WIDE_AND_DEEP = Experiment(
    replace(_recipe("wide-and-deep", 20), name="wide-and-deep"),
    "gtoubassi/mnist-vae, mnist_wide_deep.py, without a number",
    figures=("misclassified", "learning-curves"),
)
WIDE_AND_DEEP_2000 = replace(
    WIDE_AND_DEEP,
    recipe=WIDE_AND_DEEP.recipe.replace(name="wide-and-deep-2000", labels=2000),
    source="ours: the same from 2,000 labels",
)

CLASSIFIERS = "gtoubassi/mnist-vae, mnist_fc.py and mnist_conv.py"
JUDGED = ("misclassified", "learning-curves")
CLASSIFIER_DENSE = Experiment(
    _classifier("classifier-dense", network="dense", hidden_units=[100]),
    CLASSIFIERS,
    published={"test_error": 2.5},
    figures=JUDGED,
)
# The repository drops out nothing, and has no padding in its second convolution.
CLASSIFIER_CONV = Experiment(
    _classifier(
        "classifier-conv", network="lenet", hidden_units=[32, 64, 1024], dropout=0.5
    ),
    CLASSIFIERS,
    published={"test_error": 0.9},
    figures=JUDGED,
)

# Read off its picture. It stops by 5,000 labelled images more; here they are among the
# labels. Dropout, batches of 16 and the patience were chosen at 250 labels, on training
# images.
ACCURACIES = {
    50: 0.596, 100: 0.723, 250: 0.815, 500: 0.854, 750: 0.868, 1000: 0.880, 1500: 0.892,
    2000: 0.899, 3000: 0.9125, 5000: 0.935, 10000: 0.953, 20000: 0.971, 30000: 0.972,
    40000: 0.976, 50000: 0.978, 55000: 0.975,
}  # fmt: skip
LABEL_CURVE = Sweep(
    _classifier(
        "label-curve", network="dense", hidden_units=[100], dropout=0.5
    ).replace(
        validation=0.1, batch_size=16, monitor="val_loss", patience=10, epochs=400
    ),
    value="labels",
    values=tuple(ACCURACIES),
    metric="test_error",
    source="gtoubassi/mnist-vae, accuracy_vs_samples.png, one training each",
    published={n: 100 * (1 - accuracy) for n, accuracy in ACCURACIES.items()},
)

AUTOENCODER_STRIPS = Comparison(
    "reconstruction-strips",
    ("conv-autoencoder-2d", "conv-autoencoder-5d", "conv-autoencoder-20d"),
)
VAE_STRIPS = Comparison(
    "reconstruction-strips", ("conv-vae-2d", "conv-vae-5d", "conv-vae-20d")
)
CODES_20D = Comparison("compare", FEW_LABELS.recipes)
