"""Variational autoencoders with two latent dimensions.

keras-aae train --recipe vae-2d        about 1 min on 2 cores
keras-aae train --recipe vae-2d-best   about 10 min on 2 cores

Continuous pixels, Bernoulli cross-entropy, nats per example.
"""

from keras_aae.recipe import Experiment, Recipe

FIGURES = (
    "reconstructions",
    "scatterplot",
    "latent-sweep",
    "samples",
    "learning-curves",
)

# 784-500-2 with ReLU; the notebook's validation images are the test images, and all
# 60,000 others are trained on.
VAE_2D = Experiment(
    Recipe(
        name="vae-2d",
        model="vae",
        dataset="mnist",
        options={"latent_dim": 2, "network": "dense", "hidden_units": [500]},
        optimizer="adam",
        learning_rate=1e-3,
        batch_size=128,
        epochs=50,
    ),
    source="mrquincle/keras-adversarial-autoencoders, Keras Variational Autoencoder",
    published={"neg_elbo": 150.01},
    figures=FIGURES,
)

VAE_2D_BEST = Experiment(
    Recipe(
        name="vae-2d-best",
        model="vae",
        dataset="mnist",
        options={"latent_dim": 2, "network": "dense", "hidden_units": [500]},
        epochs=50,
    ),
    source="keras.io, Variational AutoEncoder, on its training data",
    published={"neg_elbo": 146.95},
    figures=FIGURES,
    quick=False,
)
