"""Encoding and decoding, compared with Keras' `predict` of the same networks."""

from functools import partial

import keras
import numpy as np

from benchmarks.contenders import CODE_CALLS, PREDICT_CALLS
from keras_aae.training.build import build_model


def coding(images):
    """Prepare encoding of all images and decoding of all codes, ours and by `predict`."""
    keras.utils.set_random_seed(0)
    model = build_model("vae", image_shape=images.shape[1:], latent_dim=2)
    x = images.astype(np.float32) / 255
    z = np.random.default_rng(0).standard_normal((len(images), 2), np.float32)
    decoder = keras.Sequential([model.decoder, keras.layers.Activation("sigmoid")])
    turns = {
        CODE_CALLS["encode"]: lambda: model.encode(images),
        CODE_CALLS["decode"]: lambda: model.decode(z),
    }
    for name, network, rows in (
        ("encode", model.encoder, x),
        ("decode", decoder, z),
    ):
        for label, size in PREDICT_CALLS[name].items():
            turns[label] = partial(network.predict, rows, batch_size=size, verbose=0)
    return turns, {"count": len(images)}
