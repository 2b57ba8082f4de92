"""The menus: literal dicts of everything that has a name, imported only when used.

An entry is `name: (where, one line of help)`, where `where` is "module:attribute". This
module imports nothing of the package but its errors, so the command line can list and
check names without waiting for Keras.
"""

import difflib
import importlib

from keras_aae.errors import KerasAAEError

MODELS = {
    "autoencoder": (
        "keras_aae.models.autoencoder:Autoencoder",
        "ordinary autoencoder",
    ),
    "vae": (
        "keras_aae.models.vae:VAE",
        "variational autoencoder",
    ),
}

DATASETS = {
    "mnist": (
        "keras_aae.data.mnist:load_mnist",
        "handwritten digits, 60,000 + 10,000 images of 28x28",
    ),
    "fashion_mnist": (
        "keras_aae.data.mnist:load_fashion_mnist",
        "clothes, 60,000 + 10,000 images of 28x28",
    ),
    "digits": (
        "keras_aae.data.digits:load_digits",
        "1,797 digits of 8x8 brought to 28x28; bundled, needs no download",
    ),
}

PRIORS = {
    "normal": ("keras_aae.priors:Normal", "standard normal of any dimension"),
}

FIGURES = {
    "reconstructions": (
        "keras_aae.figures.reconstructions:reconstructions",
        "test images above, their reconstructions below",
    ),
    "reconstruction-strip": (
        "keras_aae.figures.reconstructions:reconstruction_strip",
        "columns of original | reconstruction, one image a row",
    ),
    "scatterplot": (
        "keras_aae.figures.scatterplot:scatterplot",
        "codes of the test images, coloured by class",
    ),
    "latent-sweep": (
        "keras_aae.figures.latent_sweep:latent_sweep",
        "images decoded on a grid over the first two latent dimensions",
    ),
    "samples": (
        "keras_aae.figures.samples:samples",
        "images decoded from the prior",
    ),
    "learning-curves": (
        "keras_aae.figures.learning_curves:learning_curves",
        "every term of the objective over the epochs",
    ),
}

METRICS = {
    "neg_elbo": (
        "keras_aae.evaluation.likelihood:bound",
        "-ELBO of the test images, one sampled code each; nats",
    ),
    "reconstruction_nll": (
        "keras_aae.evaluation.likelihood:bound",
        "-log p(x|z), z sampled from q(z|x); nats",
    ),
    "kl": (
        "keras_aae.evaluation.likelihood:bound",
        "KL(q(z|x) || p(z)); nats",
    ),
    "neg_elbo_binarised": (
        "keras_aae.evaluation.likelihood:bound",
        "-ELBO of test images binarised at random; nats",
    ),
    "reconstruction_nll_binarised": (
        "keras_aae.evaluation.likelihood:bound",
        "-log p(x|z) of binarised images; nats",
    ),
    "kl_binarised": (
        "keras_aae.evaluation.likelihood:bound",
        "KL(q(z|x) || p(z)) of binarised images; nats",
    ),
    "nll": (
        "keras_aae.evaluation.likelihood:importance_sampled_nll",
        "-log p(x) by importance sampling, 200 samples, first 1,000 test images; nats",
    ),
    "nll_binarised": (
        "keras_aae.evaluation.likelihood:importance_sampled_nll",
        "the same of binarised images; nats",
    ),
    "active_units": (
        "keras_aae.evaluation.likelihood:active_units",
        "dimensions whose posterior mean has variance above 0.01",
    ),
    "reconstruction_loss": (
        "keras_aae.evaluation.codes:reconstruction_loss",
        "the autoencoder's own loss; nats for bernoulli and gaussian",
    ),
    "mse": (
        "keras_aae.evaluation.codes:mean_squared_error",
        "squared error a pixel of the reconstruction, pixels in [0, 1]",
    ),
    "knn_accuracy_100": (
        "keras_aae.evaluation.codes:knn_accuracy",
        "5-nearest-neighbour accuracy on test codes with 100 labelled images",
    ),
    "knn_accuracy_1000": (
        "keras_aae.evaluation.codes:knn_accuracy",
        "the same with 1,000 labelled images",
    ),
}

RECIPES = {
    "vae-2d": (
        "keras_aae.experiments.vae:VAE_2D",
        "VAE 784-500-2, the first experiment of the seeds",
    ),
    "vae-2d-best": (
        "keras_aae.experiments.vae:VAE_2D_BEST",
        "the best -ELBO that two dimensions reach in ten minutes on two cores",
    ),
    "autoencoder-32": (
        "keras_aae.experiments.autoencoder:AUTOENCODER_32",
        "ordinary autoencoder 784-32-784",
    ),
}


def check_name(name: str, menu: dict, kind: str) -> str:
    """Return `name` if it is on the menu.

    Raises:
        KerasAAEError: it is not; the message lists the choices and suggests the nearest.
    """
    if name in menu:
        return name
    near = difflib.get_close_matches(str(name), menu, n=1)
    suggestion = f" Did you mean {near[0]!r}?" if near else ""
    raise KerasAAEError(
        f"Unknown {kind} {name!r}.{suggestion} Choices: {', '.join(menu)}."
    )


def load_entry(name: str, menu: dict, kind: str):
    """Import and return the object that `name` stands for on the menu."""
    module, attribute = menu[check_name(name, menu, kind)][0].split(":")
    return getattr(importlib.import_module(module), attribute)
