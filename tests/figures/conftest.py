"""A linear model and a small data set, so that figures are tested without training."""

from types import SimpleNamespace

import numpy as np
import pytest

SIZE = 8


class Rows:
    def __init__(self, images, labels):
        self.images, self.labels = images, labels

    def __len__(self):
        return len(self.images)

    def array(self):
        return self.images

    def blocks(self):
        yield from np.array_split(self.images, 3)

    def gather(self, positions):
        labels = None if self.labels is None else self.labels[positions]
        return self.images[positions], labels


class StandardNormal:
    latent_dim = 2
    extent = 3.0

    def sample(self, n, seed):
        return np.random.default_rng(seed).normal(size=(n, self.latent_dim))

    def quantiles(self, p):
        from statistics import NormalDist

        return np.array([NormalDist().inv_cdf(share) for share in p])

    def log_prob(self, z):
        return -0.5 * np.sum(z**2 + np.log(2 * np.pi), axis=-1)

    def outlines(self):
        angle = np.linspace(0, 2 * np.pi, 37)
        circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return [circle, 2 * circle]


class LinearModel:
    """A model whose codes are weighted sums of pixels.

    A decoded image holds its code in two pixels.
    Pixel (0, 0) is the sigmoid of z_1, pixel (0, 1) that of z_2, all others gray.
    """

    uses_labels = decodes_classes = components_are_classes = discriminates_images = (
        False
    )

    def __init__(self, latent_dim, prior=None):
        self.latent_dim, self.prior = latent_dim, prior
        weights = np.random.default_rng(1).normal(size=(SIZE * SIZE, latent_dim))
        self.weights = weights / SIZE
        self.image_shape = (SIZE, SIZE, 1)
        layers = [SimpleNamespace(), SimpleNamespace(kernel=self.weights)]
        self.encoder = SimpleNamespace(layers=layers)
        self.decoded = []

    def encode(self, x):
        scale = 255.0 if x.dtype == np.uint8 else 1.0
        pixels = (x / scale).reshape(len(x), -1)
        return ((pixels - 0.5) @ self.weights).astype("float32")

    def decode(self, z):
        self.decoded.append(z)
        images = np.full((len(z), SIZE, SIZE, 1), 0.5, "float32")
        for axis in range(min(2, self.latent_dim)):
            images[:, 0, axis, 0] = 1 / (1 + np.exp(-z[:, axis]))
        return images

    def reconstruct(self, x):
        return 1 - x

    def corrupt(self, x, seed):
        return x * np.random.default_rng(seed).random(x.shape, dtype="float32")

    def discriminate(self, z):
        return 1 / (1 + np.exp(-z[:, 0]))

    def generate(self, n, seed):
        rng = np.random.default_rng(seed)
        return self.decode(rng.normal(size=(n, self.latent_dim)))


class ClassModel(LinearModel):
    """A class-conditional model; pixel (1, 0) of a decoded image is its class / 100.

    The predicted class depends on pixel (0, 0): each has an equal part of its range.
    The probability of that class decreases with pixel (0, 1).
    """

    uses_labels = decodes_classes = True

    def __init__(self, classes, latent_dim=2, prior=None):
        super().__init__(latent_dim, prior)
        self.classes = classes

    def decode(self, z, labels=None):
        images = super().decode(z)
        images[:, 1, 0, 0] = 0 if labels is None else labels / 100
        return images

    def class_probabilities(self, x):
        found = x[:, 0, 0, 0].astype(int) * self.classes // 256
        shares = np.full((len(x), self.classes), 1e-3)
        shares[np.arange(len(x)), found] = 1 - x[:, 0, 1, 0] / 512
        return shares


class Forger(LinearModel):
    """A model without an encoder; its discriminator returns the brightness."""

    discriminates_images, has_critic = True, False
    encode = property()  # raises AttributeError, as if missing

    def generate(self, n, seed):
        return (
            np.random.default_rng(seed).random((n, SIZE, SIZE, 1), dtype="float32") / 2
        )

    def discriminate(self, x):
        scale = 255.0 if x.dtype == np.uint8 else 1.0
        return (x / scale).reshape(len(x), -1).mean(axis=1)


@pytest.fixture
def forger():
    return Forger(2, StandardNormal())


@pytest.fixture
def model():
    return LinearModel(2, StandardNormal())


@pytest.fixture
def make_model():
    return LinearModel


@pytest.fixture
def make_class_model():
    return ClassModel


@pytest.fixture
def prior():
    return StandardNormal()


@pytest.fixture
def make_dataset():
    def make(n=200, classes=10, note="", names=None, shape=(SIZE, SIZE, 1)):
        rng = np.random.default_rng(0)
        images = rng.integers(0, 256, (n, *shape), dtype=np.uint8)
        labels = np.arange(n) % classes if classes else None
        names = names or tuple(f"class {i}" for i in range(classes))
        rows = Rows(images, labels)
        return SimpleNamespace(
            name="toy", train=rows, test=rows, note=note,
            class_names=names, num_classes=len(names),
        )  # fmt: skip

    return make


@pytest.fixture
def dataset(make_dataset):
    return make_dataset()


@pytest.fixture
def image_of():
    """Return a function that returns the array shown by a figure of one image."""

    def image(figure):
        (axes,) = figure.axes
        return np.asarray(axes.images[0].get_array())

    return image
