"""Recipes from papers, and the best results that we reach.

keras-aae train --recipe denoising            about 2 min on 2 cores
keras-aae train --recipe conditional-vae      about 1 min
keras-aae train --recipe vae-2d-best          about 10 min
keras-aae train --recipe vae-20d-best         about 10 min
keras-aae train --recipe iwae-50d             about 35 min, and 10 to evaluate

Losses are Bernoulli cross-entropies in nats per example.
"""

from keras_aae.experiments.experiment import Experiment
from keras_aae.experiments.mrquincle import PLANE, VAE_2D
from keras_aae.recipe import Recipe

# Four layers each in encoder and decoder and a cosine learning rate, chosen on 5,000
# validation images from the training set among 2-4 layers of 64-500 units with ReLU,
# ELU and softplus. Validation -ELBO after 40 epochs: 134.6, with three layers 135.6,
# with two 139.4 (60 epochs; softplus 145.5).
VAE_2D_BEST = VAE_2D.variant(
    "vae-2d-best",
    "best 2-D VAE by -ELBO in ten minutes on two cores",
    {
        "hidden_units": [500] * 4,
        "learning_rate": "cosine:0.001:0.00001:90",
        "epochs": 90,
    },
    source="keras.io, Variational AutoEncoder, on its training data (146.95); "
    "Hyperspherical Variational Auto-Encoders (Davidson et al., 2018), table 1 (137.1)",
    published={"neg_elbo": 146.95, "neg_elbo_binarized": 137.1},
    figures=(*PLANE, "samples", "space-per-class", "morph", "learning-curves"),
    seeds=(0,),
    quick=False,
)

# Pixels are binarized at random in every step, which keeps this large network from
# overfitting.
VAE_20D_BEST = Experiment(
    Recipe(
        name="vae-20d-best",
        model="vae",
        dataset="mnist",
        options={"latent_dim": 20, "hidden_units": [500, 500], "binarize": True},
        learning_rate="cosine:0.001:0.00001:100",
        batch_size=100,
        epochs=100,
    ),
    about="VAE, 20 dimensions, binarized images",
    source="Hyperspherical Variational Auto-Encoders (Davidson et al., 2018), table 1",
    published={"neg_elbo_binarized": 94.8},
    figures=("reconstructions", "tsne", "samples", "interpolation", "learning-curves"),
    quick=False,
)

# The paper's network with one stochastic layer. It trains for 300 epochs in batches of
# 100 with a decaying learning rate; the paper trains for 3,280 epochs in batches of 20.
IWAE_50D = Experiment(
    Recipe(
        name="iwae-50d",
        model="vae",
        dataset="mnist",
        options={
            "latent_dim": 50,
            "hidden_units": [200, 200],
            "activation": "tanh",
            "objective": "iwae",
            "samples": 5,
            "binarize": True,
        },
        learning_rate="cosine:0.002:0.00002:300",
        batch_size=100,
        epochs=300,
    ),
    about="importance-weighted autoencoder, 50 dimensions, binarized images",
    source="Importance Weighted Autoencoders (Burda, Grosse, Salakhutdinov, 2015), table "
    "1 (VAE 86.76, IWAE with 5 samples 85.54, by 5,000 samples per image)",
    published={"nll_5000_binarized": 85.54},
    figures=("reconstructions", "tsne", "samples", "learning-curves"),
    metrics=("nll_5000_binarized",),
    quick=False,
)

# The noise of drburke/tensorflow, SENs: Gaussian with standard deviation 0.4, clipped
# at two standard deviations.
DENOISING = Experiment(
    Recipe(
        name="denoising",
        model="denoising-autoencoder",
        dataset="mnist",
        options={
            "latent_dim": 32,
            "hidden_units": [500],
            "corruption": "gaussian",
            "noise": 0.4,
        },
        learning_rate="cosine:0.001:0.00001:20",
        batch_size=128,
        epochs=20,
    ),
    about="denoising autoencoder, Gaussian noise with standard deviation 0.4",
    source="Extracting and Composing Robust Features with Denoising Autoencoders "
    "(Vincent et al., 2008), with the noise of drburke/tensorflow, SENs",
    figures=("denoising", "receptive-fields", "interpolation", "learning-curves"),
)

CONDITIONAL_VAE = Experiment(
    Recipe(
        name="conditional-vae",
        model="conditional-vae",
        dataset="mnist",
        options={"latent_dim": 2, "hidden_units": [500]},
        learning_rate="cosine:0.001:0.00001:30",
        batch_size=128,
        epochs=30,
    ),
    about="conditional VAE, 2 dimensions, decoder conditioned on the class",
    source="Semi-supervised Learning with Deep Generative Models (Kingma, Rezende, "
    "Mohamed, Welling, 2014), model M2",
    figures=("reconstructions", "scatterplot", "samples", "learning-curves"),
)
