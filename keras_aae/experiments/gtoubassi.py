"""gtoubassi/mnist-vae: convolutional autoencoders and VAEs of 2, 5 and 20 dimensions.

keras-aae train --recipe conv-autoencoder-2d   about 4 min on 2 cores, as have the others

55,000 training images in batches of 100. The repository stops after three epochs without
a better validation loss and does not say how many that makes; here it is a fixed number
with a falling learning rate, so that the six take less than half an hour.
"""

from keras_aae.recipe import Comparison, Experiment, Recipe

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

CONV_AUTOENCODER_2D = Experiment(
    _recipe("autoencoder", 2), SOURCE, figures=(*PLANE, "space-per-class", "morph")
)
CONV_AUTOENCODER_5D = Experiment(_recipe("autoencoder", 5), SOURCE, figures=SPACE)
CONV_AUTOENCODER_20D = Experiment(
    _recipe("autoencoder", 20),
    SOURCE,
    figures=(*SPACE, ("samples", {"sampler": "gmm"})),
)
CONV_VAE_2D = Experiment(
    _recipe("vae", 2),
    SOURCE,
    figures=(*PLANE, "samples", "space-per-class", "morph"),
)
CONV_VAE_5D = Experiment(_recipe("vae", 5), SOURCE, figures=(*SPACE, "samples"))
CONV_VAE_20D = Experiment(_recipe("vae", 20), SOURCE, figures=(*SPACE, "samples"))

AUTOENCODER_STRIPS = Comparison(
    "reconstruction-strips",
    ("conv-autoencoder-2d", "conv-autoencoder-5d", "conv-autoencoder-20d"),
)
VAE_STRIPS = Comparison(
    "reconstruction-strips", ("conv-vae-2d", "conv-vae-5d", "conv-vae-20d")
)
