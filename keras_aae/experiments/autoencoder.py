"""Ordinary autoencoder.

keras-aae train --recipe autoencoder-32   about 1 min on 2 cores
"""

from keras_aae.recipe import Experiment, Recipe

# Adadelta's default learning rate was 1.0 in the Keras of 2018 and is 0.001 today. The
# notebook's loss is a mean over the 784 pixels (0.1037 on test images), ours is a sum,
# which Adadelta notices only through its epsilon.
AUTOENCODER_32 = Experiment(
    Recipe(
        name="autoencoder-32",
        model="autoencoder",
        dataset="mnist",
        options={"latent_dim": 32, "hidden_units": [], "code_activation": "relu"},
        optimizer="adadelta",
        learning_rate=1.0,
        batch_size=256,
        epochs=50,
    ),
    source="mrquincle/keras-adversarial-autoencoders, Ordinary Autoencoder",
    published={"reconstruction_loss": 0.1037 * 784},
    figures=("reconstructions", "scatterplot", "learning-curves"),
)
