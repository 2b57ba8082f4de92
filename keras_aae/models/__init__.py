"""The model families; importing this registers every class with Keras."""

from keras_aae.models.autoencoder import Autoencoder
from keras_aae.models.vae import VAE

__all__ = ["VAE", "Autoencoder"]
