"""Base class of the models whose decoder is conditioned on the class."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_aae.checks import ImageShape, Tensor, Width
from keras_aae.engine.phases import as_tensor_images
from keras_aae.errors import DataError, UnsupportedError
from keras_aae.models.base.autoencoder import AutoencodingModel


class ClassDecoder:
    """A decoder network [codes, one-hot classes] -> logits that takes class numbers.

    Args:
        network: The decoder.
    """

    def __init__(self, network: keras.Model):
        self.network = network

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self.network.inputs[1].shape[-1]

    def logits(
        self, z: Tensor, labels: Tensor | None, training: bool = False
    ) -> Tensor:
        """Compute the logits of the images of codes and class numbers, (batch,).

        Raises:
            UnsupportedError: there are no labels.
        """
        if labels is None:
            raise UnsupportedError(
                "This model decodes codes conditioned on a class. Expected labels, got "
                "none. Pass labels=, or train an unconditional model."
            )
        one_hot = ops.one_hot(labels, self.classes, dtype=z.dtype)
        return self.network([z, one_hot], training=training)

    def decode(
        self, model: Any, z: np.ndarray, labels: np.ndarray | None
    ) -> np.ndarray:
        """Decode codes conditioned on classes, (n, H, W, C).

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
        """Decode `n` samples of the prior, conditioned on classes.

        Without labels, the classes take turns.
        """
        labels = np.arange(n) % self.classes if labels is None else labels
        z = ops.convert_to_numpy(model.prior.sample(n, seed=seed))
        return self.decode(model, z, labels)


def condition_on_classes(
    wide: keras.Model, latent_dim: int, classes: int
) -> keras.Model:
    """Build [codes, one-hot classes] -> logits from a decoder of both, concatenated."""
    z = keras.Input((latent_dim,), name="z")
    y = keras.Input((classes,), name="classes")
    logits = wide(keras.layers.Concatenate(name="both")([z, y]))
    return keras.Model([z, y], logits, name="decoder")


class ClassDecodingModel(AutoencodingModel):
    """An autoencoding model whose decoder is conditioned on the class, from labels.

    Images are decoded conditioned on given classes; without labels, `reconstruct` uses
    the most likely class, as `classify` does. A subclass defines
    `reconstruction_error(x, z, labels)`, (batch,), the reconstruction error of each
    image given its code and class.
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
        """Build an encoder, and a decoder of codes and one-hot classes."""
        build = super().build_autoencoder
        encoder, _ = build(image_shape, heads, latent_dim=latent_dim, **options)
        _, wide = build(image_shape, heads, latent_dim=latent_dim + classes, **options)
        return encoder, condition_on_classes(wide, latent_dim, classes)

    @property
    def class_decoder(self) -> ClassDecoder:
        """The decoder, which takes class numbers."""
        return ClassDecoder(self.decoder)

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self.class_decoder.classes

    @property
    def label_classes(self) -> int:
        """Number of classes of the labels."""
        return self.classes

    def logits(
        self, z: Tensor, labels: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Compute the decoder's logits of codes and class numbers, (batch,)."""
        return self.class_decoder.logits(z, labels, training)

    def call(self, x: Tensor) -> Tensor:
        """Reconstruct images, conditioned on their most likely classes."""
        x = as_tensor_images(x)
        z = self.encode_tensor(x)
        return ops.sigmoid(self.logits(z, self.most_likely(x, z)))

    def most_likely(self, x: Tensor, z: Tensor) -> Tensor:
        """Return the class with the least reconstruction error, (batch,)."""
        reconstruction_error = [
            self.reconstruction_error(x, z, ops.full((ops.shape(x)[0],), y, "int32"))
            for y in range(self.classes)
        ]
        return ops.argmin(ops.stack(reconstruction_error), axis=0)

    def condition(self, labels: np.ndarray | None, n: int) -> tuple:
        """Return the classes that the decoder takes with `n` codes, as one array.

        Raises:
            UnsupportedError: there are no labels.
            DataError: the labels are not `n` class numbers.
        """
        if labels is None:
            self.logits(None)
        return (check_labels(labels, n, self.classes),)

    def classify(self, x: np.ndarray) -> np.ndarray:
        """Return the most likely class of each image under a uniform prior, (n,).

        Raises:
            DataError: the images have another shape, type or range.
        """
        return self.map("classify", _classify, self.check_images(x))

    def decode(self, z: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
        """Decode codes conditioned on classes; see `ClassDecoder.decode`."""
        return self.class_decoder.decode(self, z, labels)

    def reconstruct(
        self, x: np.ndarray, labels: np.ndarray | None = None
    ) -> np.ndarray:
        """Reconstruct images, conditioned on the given or the most likely classes."""
        if labels is None:
            return super().reconstruct(x)
        return self.decode(self.encode(x), labels)

    def generate(
        self, n: int, seed: int = 0, labels: np.ndarray | None = None
    ) -> np.ndarray:
        """Generate `n` images of the given classes, or of all classes in turn."""
        return self.class_decoder.generate(self, n, seed, labels)


def check_labels(labels: Any, n: int, classes: int, least: int = 0) -> np.ndarray:
    """Return labels as int32 after checking that they are `n` class numbers.

    With least=-1, the label -1 stands for an unknown class.

    Raises:
        DataError: the labels have another shape, type or range.
    """
    labels = np.asarray(labels)
    whole = labels.shape == (n,) and labels.dtype.kind in "iu"
    if not whole or (n and not least <= labels.min() <= labels.max() < classes):
        unknown = "; -1 is unknown" if least < 0 else ""
        raise DataError(
            f"Invalid labels of shape {labels.shape} and type {labels.dtype}. Expected "
            f"{n} whole numbers from {least} to {classes - 1}{unknown}."
        )
    return labels.astype("int32")


def _classify(model: Any, x: Tensor) -> Tensor:
    x = as_tensor_images(x)
    return model.most_likely(x, model.encode_tensor(x))
