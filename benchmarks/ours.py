"""keras_aae as it trains, and stock `fit` of the same compiled model."""

import keras
import numpy as np

from keras_aae.building import build_model
from keras_aae.data import Dataset, Images
from keras_aae.engine.loop import TrainingLoop
from keras_aae.recipe import Recipe
from keras_aae.training import Training, complete

BATCH_SIZE = 128


def vae_recipe(**values) -> Recipe:
    """The benchmark's VAE: latent dimension 2, Adam at 0.001, batches of 128."""
    network = values.pop("network", "dense")
    options = {"latent_dim": 2, "network": network}
    return Recipe(model="vae", options=options, batch_size=BATCH_SIZE, **values)


def as_dataset(images) -> Dataset:
    """The images as a data set; its test part is not used."""
    return Dataset("images", Images(images), Images(images[:BATCH_SIZE]))


def epochs(images, network, execution):
    """Epochs of the training loop as `training.train` makes it: feed, chunks, terms."""
    dataset = as_dataset(images)
    recipe = vae_recipe(network=network, execution=execution)
    training = Training(complete(recipe, dataset), dataset)
    loop = TrainingLoop(
        training.model, training.feed, epochs=0, execution=recipe.execution
    )

    def turn():
        loop.epochs += 1
        loop.run(training.progress, lambda: None, lambda row: None)

    parameters = training.model.encoder.count_params()
    parameters += training.model.decoder.count_params()
    info = {"parameters": parameters, "execution": loop.execution}
    return {"epoch": turn}, info


def stock_fit(images):
    """Epochs of Keras' own `fit`, on floats in [0, 1] as its users give them."""
    x = images.astype(np.float32) / 255
    keras.utils.set_random_seed(0)
    model = build_model("vae", image_shape=images.shape[1:], latent_dim=2)

    def turn():
        model.fit(x, batch_size=BATCH_SIZE, epochs=1, shuffle=True, verbose=0)

    parameters = model.encoder.count_params() + model.decoder.count_params()
    return {"epoch": turn}, {"parameters": parameters, "execution": "float32 input"}
