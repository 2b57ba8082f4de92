"""gtoubassi/mnist-vae: convolutional autoencoders and VAEs, and two classifiers.

keras-aae train --recipe conv-autoencoder-2d   about 4 min on 2 cores, like the others
keras-aae train --recipe classifier-dense      about 1 min

There are 55,000 training images; the autoencoders use batches of 100. The repository
stops after three epochs without a better validation score and does not report the
number of epochs. The classifiers here stop in the same way. The autoencoders of 2, 5
and 20 dimensions train for a fixed number of epochs with a decaying learning rate, so
that all six take less than half an hour.
"""

from keras_aae.experiments.experiment import Comparison, Experiment, Sweep, Table
from keras_aae.recipe import Recipe

SOURCE = "gtoubassi/mnist-vae, mnist_conv_vae.py (figures only)"
EPOCHS = 4
# The code of the ordinary autoencoder is linear; in the repository it is leaky ReLU.
PLANE = ("reconstruction-strip", "scatterplot", ("latent-sweep", {"spacing": "codes"}))
SPACE = ("reconstruction-strip", "tsne", "interpolation")
COMPARED = {  # in few-label classification
    "metrics": (
        "probe_logistic_2000",
        "probe_knn_2000",
        "probe_dense_2000",
        "pixel_probe_logistic_2000",
        "pixel_probe_knn_2000",
        "pixel_probe_dense_2000",
    ),
    "seeds": (0, 1, 2),
}

CONV_AUTOENCODER_2D = Experiment(
    Recipe(
        name="conv-autoencoder-2d",
        model="autoencoder",
        dataset="mnist",
        validation=5000,
        options={
            "latent_dim": 2,
            "network": "lenet",
            "hidden_units": [32, 64, 1024],
            "activation": "leaky_relu",
        },
        learning_rate=f"cosine:0.001:0.00002:{EPOCHS}",
        batch_size=100,
        epochs=EPOCHS,
    ),
    about="convolutional autoencoder, 2 dimensions",
    source=SOURCE,
    figures=(*PLANE, "space-per-class", "morph"),
)
CONV_AUTOENCODER_5D = CONV_AUTOENCODER_2D.variant(
    "conv-autoencoder-5d",
    "convolutional autoencoder, 5 dimensions",
    {"latent_dim": 5},
    figures=SPACE,
)
CONV_AUTOENCODER_20D = CONV_AUTOENCODER_2D.variant(
    "conv-autoencoder-20d",
    "convolutional autoencoder, 20 dimensions",
    {"latent_dim": 20},
    figures=(*SPACE, ("samples", {"sampler": "gmm"})),
    **COMPARED,
)
CONV_VAE_2D = CONV_AUTOENCODER_2D.variant(
    "conv-vae-2d",
    "convolutional VAE, 2 dimensions",
    {"model": "vae"},
    figures=(*PLANE, "samples", "space-per-class", "morph"),
)
CONV_VAE_5D = CONV_VAE_2D.variant(
    "conv-vae-5d",
    "convolutional VAE, 5 dimensions",
    {"latent_dim": 5},
    figures=(*SPACE, "samples"),
)
CONV_VAE_20D = CONV_VAE_5D.variant(
    "conv-vae-20d", "convolutional VAE, 20 dimensions", {"latent_dim": 20}, **COMPARED
)

# The same networks and training time, matched to a normal prior by a discriminator.
CONV_AAE_20D = CONV_VAE_20D.variant(
    "conv-aae-20d",
    "convolutional adversarial autoencoder, 20 dimensions",
    {"model": "aae", "loss": "bernoulli", "joint": True, "regularization_weight": 10.0},
    source="ours: few-label classification, to compare with autoencoder and VAE",
    figures=("reconstruction-strip", "samples", "adversarial-diagnostics"),
)
FEW_LABELS = Table(
    "few-labels",
    "classifiers on 20-D codes and on pixels, 2,000 labels",
    recipes=("conv-autoencoder-20d", "conv-vae-20d", "conv-aae-20d", "sen-20d"),
    metrics=(
        *(f"probe_{kind}_2000" for kind in ("logistic", "knn", "dense")),
        *(f"pixel_probe_{kind}_2000" for kind in ("logistic", "knn", "dense")),
        "mse",
    ),
    finding=(
        "Every classifier is more accurate on 20-D codes learned without labels than "
        "on 784 pixels, whichever model learned the codes. The codes of the ordinary "
        "autoencoder are the best, as the repository found too. Matching a prior costs "
        "a dense network 0.6 points, and adversarial training of a shared encoding "
        "1.3; either costs logistic regression 1.3 to 2.5. Three training runs per "
        "recipe, each with five random label subsets."
    ),
)

# The classifier gets the codes together with hidden units computed from the pixels. The
# repository trains it after the VAE; we train both together.
JUDGED = ("misclassified", "learning-curves")
WIDE_AND_DEEP = CONV_AUTOENCODER_2D.variant(
    "wide-and-deep",
    "classifier on pixels and VAE codes together",
    {"model": "wide-and-deep", "latent_dim": 20},
    source="gtoubassi/mnist-vae, mnist_wide_deep.py, which reports no number",
    figures=JUDGED,
)
WIDE_AND_DEEP_2000 = WIDE_AND_DEEP.variant(
    "wide-and-deep-2000",
    "wide-and-deep with 2,000 labels",
    {"labels": 2000},
    source="ours: wide-and-deep with 2,000 labels",
)

CLASSIFIER_DENSE = Experiment(
    Recipe(
        name="classifier-dense",
        model="classifier",
        dataset="mnist",
        validation=5000,
        options={"network": "dense", "hidden_units": [100]},
        batch_size=32,
        epochs=50,
        monitor="val_accuracy",
        patience=3,
    ),
    about="dense classifier 784-100-10",
    source="gtoubassi/mnist-vae, mnist_fc.py and mnist_conv.py",
    published={"test_error": 2.5},
    figures=JUDGED,
)
# The repository has no dropout, and no padding in its second convolution.
CLASSIFIER_CONV = CLASSIFIER_DENSE.variant(
    "classifier-conv",
    "LeNet-style convolutional classifier",
    {"network": "lenet", "hidden_units": [32, 64, 1024], "dropout": 0.5},
    published={"test_error": 0.9},
)

# Read off the published plot. The repository stops early on 5,000 additional labeled
# images; here the validation images are among the labels. Dropout, a batch size of 16
# and the patience were chosen at 250 labels, on training images.
ACCURACIES = {
    50: 0.596, 100: 0.723, 250: 0.815, 500: 0.854, 750: 0.868, 1000: 0.880, 1500: 0.892,
    2000: 0.899, 3000: 0.9125, 5000: 0.935, 10000: 0.953, 20000: 0.971, 30000: 0.972,
    40000: 0.976, 50000: 0.978, 55000: 0.975,
}  # fmt: skip
LABEL_CURVE = Sweep(
    CLASSIFIER_DENSE.recipe.replace(
        name="label-curve",
        options={"network": "dense", "hidden_units": [100], "dropout": 0.5},
        validation=0.1,
        batch_size=16,
        monitor="val_loss",
        patience=10,
        epochs=400,
    ),
    about="test error of a dense classifier by number of labels, 50 to 55,000",
    value="num_labels",
    values=tuple(ACCURACIES),
    metric="test_error",
    source="gtoubassi/mnist-vae, accuracy_vs_samples.png, one training run per point",
    published={n: 100 * (1 - accuracy) for n, accuracy in ACCURACIES.items()},
)

AUTOENCODER_STRIPS = Comparison(
    "autoencoder-strips",
    "reconstructions of convolutional autoencoders with 2, 5 and 20 dimensions",
    "reconstruction-strips",
    ("conv-autoencoder-2d", "conv-autoencoder-5d", "conv-autoencoder-20d"),
)
VAE_STRIPS = Comparison(
    "vae-strips",
    "reconstructions of convolutional VAEs with 2, 5 and 20 dimensions",
    "reconstruction-strips",
    ("conv-vae-2d", "conv-vae-5d", "conv-vae-20d"),
)
CODES_20D = Comparison(
    "codes-20d",
    "metrics of an autoencoder, a VAE, an AAE and a SEN with 20 dimensions",
    "compare",
    FEW_LABELS.recipes,
)
