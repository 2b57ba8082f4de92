"""What models have in common whose decoder is conditioned on the class of the image."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_aae.checks import ImageShape, Tensor, Width
from keras_aae.engine.phases import as_tensor_images
from keras_aae.errors import DataError, UnsupportedError
from keras_aae.models.base.autoencoder import AutoencodingModel


class ClassDecoder:
    """A decoder network [codes, one-hot classes] -> logits, called with class numbers.

    Args:
        network: The decoder.
    """

    def __init__(self, network: keras.Model):
        self.network = network

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return self.network.inputs[1].shape[-1]

    def logits(
        self, z: Tensor, labels: Tensor | None, training: bool = False
    ) -> Tensor:
        """Compute the logits of images of codes and classes, (batch,) whole numbers.

        Raises:
            UnsupportedError: there are no labels.
        """
        if labels is None:
            raise UnsupportedError(
                "This model decodes codes of a given class, and there are no labels. "
                "Give labels, or train another model on images without them."
            )
        one_hot = ops.one_hot(labels, self.classes, dtype=z.dtype)
        return self.network([z, one_hot], training=training)

    def decode(
        self, model: Any, z: np.ndarray, labels: np.ndarray | None
    ) -> np.ndarray:
        """Return the images of codes and classes, (n, H, W, C).

        Raises:
            UnsupportedError: there are no labels.
            DataError: the codes or labels have another shape or range.
        """
        z = model.check_codes(z)
        if labels is None:
            self.logits(z, labels)
        labels = check_labels(labels, len(z), self.classes)
        return model.map("images", self._images, z, labels)

    def _images(self, model: Any, z: Tensor, labels: Tensor | None) -> Tensor:
        return ops.sigmoid(self.logits(z, labels))

    def generate(
        self, model: Any, n: int, seed: int, labels: np.ndarray | None
    ) -> np.ndarray:
        """Return `n` images of codes of the prior and of classes, if None all in turn."""
        labels = np.arange(n) % self.classes if labels is None else labels
        z = ops.convert_to_numpy(model.prior.sample(n, seed=seed))
        return self.decode(model, z, labels)


def condition_on_classes(
    wide: keras.Model, latent_dim: int, classes: int
) -> keras.Model:
    """Return a decoder of codes and one-hot classes from one of both in a row."""
    z = keras.Input((latent_dim,), name="z")
    y = keras.Input((classes,), name="classes")
    logits = wide(keras.layers.Concatenate(name="both")([z, y]))
    return keras.Model([z, y], logits, name="decoder")


class ClassDecodingModel(AutoencodingModel):
    """An autoencoding model that learns, from labels, to decode codes of a class.

    Images are decoded for given classes; without them `reconstruct` takes the most likely
    one, that of `classify`. A family has `reconstruction_error(x, z, labels)`, (batch,): what it costs an
    image of a code to be of a class.
    """

    needs_all_labels = True
    decodes_classes = True

    @classmethod
    def build_autoencoder(
        cls,
        image_shape: ImageShape,
        heads: tuple[str, ...],
        *,
        latent_dim: int,
        classes: Width = 10,
        **options: Any,
    ) -> tuple[keras.Model, keras.Model]:
        """Return an encoder, and a decoder that takes codes and one-hot classes."""
        build = super().build_autoencoder
        encoder, _ = build(image_shape, heads, latent_dim=latent_dim, **options)
        _, wide = build(image_shape, heads, latent_dim=latent_dim + classes, **options)
        return encoder, condition_on_classes(wide, latent_dim, classes)

    @property
    def class_decoder(self) -> ClassDecoder:
        """The decoder, called with class numbers."""
        return ClassDecoder(self.decoder)

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return self.class_decoder.classes

    @property
    def label_classes(self) -> int:
        """How many classes labels may be of."""
        return self.classes

    def logits(
        self, z: Tensor, labels: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Compute the decoder's logits of codes and classes, (batch,) whole numbers."""
        return self.class_decoder.logits(z, labels, training)

    def call(self, x: Tensor) -> Tensor:
        """Reconstruct images as of their most likely classes."""
        x = as_tensor_images(x)
        z = self.encode_tensor(x)
        return ops.sigmoid(self.logits(z, self.most_likely(x, z)))

    def most_likely(self, x: Tensor, z: Tensor) -> Tensor:
        """Return the class that suits each image best, (batch,)."""
        reconstruction_error = [
            self.reconstruction_error(x, z, ops.full((ops.shape(x)[0],), y, "int32"))
            for y in range(self.classes)
        ]
        return ops.argmin(ops.stack(reconstruction_error), axis=0)

    def condition(self, labels: np.ndarray | None, n: int) -> tuple:
        """Return the classes that `n` codes are decoded as of, one array.

        Raises:
            UnsupportedError: there are no labels.
            DataError: they are not `n` classes.
        """
        if labels is None:
            self.logits(None)
        return (check_labels(labels, n, self.classes),)

    def classify(self, x: np.ndarray) -> np.ndarray:
        """Return the most likely class of each image, all equally likely before, (n,).

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.map("classify", _classify, self.check_images(x))

    def decode(self, z: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
        """Return the images of codes and classes; see `ClassDecoder.decode`."""
        return self.class_decoder.decode(self, z, labels)

    def reconstruct(
        self, x: np.ndarray, labels: np.ndarray | None = None
    ) -> np.ndarray:
        """Return images encoded and decoded, as of given or of most likely classes."""
        if labels is None:
            return super().reconstruct(x)
        return self.decode(self.encode(x), labels)

    def generate(
        self, n: int, seed: int = 0, labels: np.ndarray | None = None
    ) -> np.ndarray:
        """Return `n` images of given classes, or of all classes in turn."""
        return self.class_decoder.generate(self, n, seed, labels)


def check_labels(labels: Any, n: int, classes: int, least: int = 0) -> np.ndarray:
    """The labels as int32, if they are `n` class numbers; -1, where allowed, is unknown.

    Raises:
        DataError: they are not.
    """
    labels = np.asarray(labels)
    whole = labels.shape == (n,) and labels.dtype.kind in "iu"
    if not whole or (n and not least <= labels.min() <= labels.max() < classes):
        lowest = f"{least}, unknown," if least < 0 else least
        raise DataError(
            f"Invalid labels. Expected {n} whole numbers from {lowest} to {classes - 1}."
        )
    return labels.astype("int32")


def _classify(model: Any, x: Tensor) -> Tensor:
    x = as_tensor_images(x)
    return model.most_likely(x, model.encode_tensor(x))
