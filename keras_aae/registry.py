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

METRICS = {}

RECIPES = {}


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
