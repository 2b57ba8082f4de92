"""Contenders of keras_aae: its training loop, and `fit` of the same compiled model."""

import keras
import numpy as np

from keras_aae.data import Dataset, Images
from keras_aae.engine.loop import TrainingLoop
from keras_aae.experiments.drburke import SEN_MNIST_SMALL
from keras_aae.experiments.hrenski import AAE_GAUSSIAN
from keras_aae.recipe import Recipe
from keras_aae.training.build import build_model
from keras_aae.training.runner import Training, complete

BATCH_SIZE = 128


def vae_recipe(**values) -> Recipe:
    """Return the recipe of a VAE: latent dimension 2, Adam at 0.001, batches of 128."""
    network = values.pop("network", "dense")
    options = {"latent_dim": 2, "network": network}
    return Recipe(model="vae", options=options, batch_size=BATCH_SIZE, **values)


RECIPES = {
    "dense": vae_recipe(),
    "conv": vae_recipe(network="conv"),
    "aae": AAE_GAUSSIAN.recipe.replace(validation=0),
    "sen": SEN_MNIST_SMALL.recipe.replace(validation=0),
}


def as_dataset(images) -> Dataset:
    """Return the images as a data set; its test images are not used."""
    return Dataset("images", Images(images), Images(images[:BATCH_SIZE]))


def epochs(images, recipe, execution="auto", diagnostics=False):
    """Prepare epochs of the training loop as `training.train` runs it.

    Args:
        images: Images, uint8 (n, height, width, channels).
        recipe: Key of `RECIPES`.
        execution: Compilation mode, as in a recipe.
        diagnostics: Whether an epoch ends by computing the model's `diagnostics`.
    """
    dataset = as_dataset(images)
    training = Training(complete(RECIPES[recipe], dataset), dataset)
    loop = TrainingLoop(
        training.model,
        training.loader,
        epochs=0,
        diagnosed_images=training.diagnosed_images if diagnostics else None,
        execution=execution,
    )

    def turn():
        loop.epochs += 1
        loop.run(training.progress, lambda: None, lambda row: None)

    info = {"parameters": _parameters(training.model), "execution": loop.execution}
    return {"epoch": turn}, info


def stock_fit(images, recipe):
    """Prepare epochs of Keras' `fit` on floats in [0, 1], as its users pass them."""
    x, recipe = images.astype(np.float32) / 255, RECIPES[recipe]
    keras.utils.set_random_seed(0)
    model = build_model(recipe.model, image_shape=images.shape[1:], **recipe.options)
    rows = recipe.batch_size * len(model.batches)

    def turn():
        model.fit(x, batch_size=rows, epochs=1, shuffle=True, verbose=0)

    info = {"parameters": _parameters(model), "execution": "float32 input"}
    return {"epoch": turn}, info


def _parameters(model):
    return sum(np.prod(v.shape, dtype=int).item() for v in model.trainable_variables)
