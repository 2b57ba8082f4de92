"""Variational autoencoders with two latent dimensions.

keras-aae train --recipe vae-2d        45 s on 2 cores; seed: test -ELBO 150.0 (epoch 50)
keras-aae train --recipe vae-2d-best   10 min on 2 cores; keras.io: 146.95 on its
                                       training data
Continuous pixels, Bernoulli cross-entropy, nats per example.
"""

from keras_aae.recipe import Recipe

# mrquincle/keras-adversarial-autoencoders, "Keras Variational Autoencoder": 784-500-2,
# ReLU, Adam, batch 128, 50 epochs of all 60,000 images.
VAE_2D = Recipe(
    name="vae-2d",
    model="vae",
    dataset="mnist",
    options={"latent_dim": 2, "network": "dense", "hidden_units": [500]},
    optimizer="adam",
    learning_rate=1e-3,
    batch_size=128,
    epochs=50,
)

VAE_2D_BEST = Recipe(
    name="vae-2d-best",
    model="vae",
    dataset="mnist",
    options={"latent_dim": 2, "network": "dense", "hidden_units": [500]},
    epochs=50,
)
