"""The abilities: what figures, metrics and commands may ask of a model or a prior."""

from typing import TYPE_CHECKING, Any, Literal, Protocol

from keras_aae.abilities.asking import ability, supports

if TYPE_CHECKING:
    import numpy as np


class Prior(Protocol):
    """A distribution of codes."""

    latent_dim: int
    extent: float

    def sample(self, n: int, seed: Any) -> Any:
        """Return `n` codes, (n, latent_dim)."""

    def log_prob(self, z: Any) -> Any:
        """Return log p(z) of codes, (n,), in nats."""

    def quantiles(self, p: "np.ndarray") -> "np.ndarray":
        """Return the quantiles of one dimension."""

    def outlines(self) -> "list[np.ndarray]":
        """Return curves that show where codes of two dimensions lie."""


@ability("a prior with components", "Use another prior, for example umbrella.")
class HasComponents(Protocol):
    """A prior with components, of which each may stand for a class."""

    num_classes: int

    def sample_components(self, labels: Any, seed: Any) -> Any:
        """Return a code of each of the components, (n, latent_dim)."""

    def classify(self, z: "np.ndarray") -> "np.ndarray":
        """Return the most likely component of codes, (n,)."""


@ability("a prior with petals", "Train a model with --prior umbrella.")
class HasPetals(HasComponents, Protocol):
    """A prior whose components are long normals around the origin."""

    components: int

    def distance(self, z: "np.ndarray", labels: "np.ndarray") -> "np.ndarray":
        """Return how many standard deviations codes are from components, (n,)."""

    def along(self, component: int, radii: "np.ndarray") -> "np.ndarray":
        """Return codes on the long axis of a component, at distances from the origin."""


@ability("a model that encodes images", "Use a model with an encoder.")
class Encodes(Protocol):
    """A model that makes codes of images."""

    def encode(self, x: "np.ndarray") -> "np.ndarray":
        """Return the codes of images, (n, latent_dim)."""


@ability("a model that decodes codes", "Use a model with a decoder.")
class Decodes(Protocol):
    """A model that makes images of codes, (n, latent_dim)."""

    def decode(self, z: "np.ndarray") -> "np.ndarray":
        """Return the images of codes, (n, H, W, C)."""


@ability("a model with codes of a known width", "Use a model with a `latent_dim`.")
class HasLatentDim(Protocol):
    """A model that says how many dimensions its codes have."""

    latent_dim: int


@ability(
    "a model that decodes codes of a given class",
    "Use a supervised, semi-supervised or clustering model, or a conditional one.",
)
class DecodesClasses(Decodes, Protocol):
    """A model whose decoder is conditioned on one of `classes` classes."""

    decodes_classes: Literal[True]
    classes: int

    def decode(
        self, z: "np.ndarray", labels: "np.ndarray | None" = None
    ) -> "np.ndarray":
        """Return the images of codes and classes, (n, H, W, C)."""


@ability(
    "a model that decodes codes without a class",
    "Use one with a decoder that is not conditioned on classes.",
)
class DecodesCodesAlone(Decodes, Protocol):
    """A model whose decoder takes nothing but codes."""

    decodes_classes: Literal[False]


@ability(
    "a model that reconstructs images", "Use a model with an encoder and a decoder."
)
class Reconstructs(Protocol):
    """A model that encodes and decodes images."""

    def reconstruct(self, x: "np.ndarray") -> "np.ndarray":
        """Return the reconstructions of images, (n, H, W, C)."""


@ability("a model that corrupts images", "Use a denoising autoencoder.")
class Corrupts(Protocol):
    """A model that is trained on corrupted images."""

    def corrupt(self, x: "np.ndarray", seed: int) -> "np.ndarray":
        """Return corrupted images, (n, H, W, C)."""


@ability(
    "a model that generates images",
    "Use one with a prior, or fit a density to codes: sampler 'gmm', metric 'fid_mixture'.",
)
class Generates(Protocol):
    """A model that makes new images."""

    def generate(self, n: int, seed: int) -> "np.ndarray":
        """Return `n` images, (n, H, W, C)."""


@ability("a model that generates codes", "Use a shared-encoding network.")
class GeneratesCodes(Protocol):
    """A model with a network that makes codes."""

    def generate_codes(self, n: int, seed: int) -> "np.ndarray":
        """Return `n` codes, (n, latent_dim)."""


@ability(
    "a model that encodes the images of its generated codes",
    "Use a shared-encoding network with the fake path image.",
)
class ReencodesCodes(GeneratesCodes, Protocol):
    """A model whose discriminator sees generated codes decoded and encoded again."""

    reencodes_codes: Literal[True]


@ability(
    "a model that classifies images",
    "Use a classifier, a semi-supervised or a clustering model.",
)
class Classifies(Protocol):
    """A model that gives each class, or cluster, of an image a probability."""

    def class_probabilities(self, x: "np.ndarray") -> "np.ndarray":
        """Return how probable each class is, (n, classes)."""


@ability(
    "a model that learns classes from labels",
    "Use a classifier or a semi-supervised adversarial autoencoder.",
)
class ClassifiesByLabels(Classifies, Protocol):
    """A model that learns the classes of images from their labels."""

    uses_labels: Literal[True]


@ability(
    "a model that learns clusters without labels",
    "Use a clustering adversarial autoencoder.",
)
class Clusters(Classifies, Protocol):
    """A model that finds classes of its own."""

    uses_labels: Literal[False]


@ability("a model with clusters that have codes", "Use a reduction-aae.")
class HasPlaces(Protocol):
    """A model with a code for each of its clusters."""

    head_positions: Any


@ability("a model that predicts classes", "Use a classifier.")
class PredictsClasses(Protocol):
    """A model that says the most likely class of an image, by whatever means."""

    def classify(self, x: "np.ndarray") -> "np.ndarray":
        """Return the most likely class of each image, (n,)."""


@ability(
    "a model with a prior", "Use a variational, adversarial or Wasserstein autoencoder."
)
class HasPrior(Protocol):
    """A model whose codes should look like samples of a prior."""

    prior: Prior


@ability(
    "a model that gives each class a component of its prior",
    "Use a labeled adversarial autoencoder.",
)
class HasClassComponents(HasPrior, Protocol):
    """A model that learns from labels which component is for which class."""

    components_are_classes: Literal[True]


@ability("a model that draws codes", "Use an adversarial or Wasserstein autoencoder.")
class DrawsCodes(Protocol):
    """A model whose codes may be random."""

    def sample_codes(self, x: "np.ndarray", seed: int) -> "np.ndarray":
        """Return codes drawn from q(z|x), (n, latent_dim)."""


@ability(
    "a model that matches its codes to a prior",
    "Use a variational, adversarial or Wasserstein autoencoder.",
)
class MatchesPrior(DrawsCodes, Protocol):
    """A model whose codes, over all images, are matched to a prior."""

    matched_prior: Prior


@ability("a model with a posterior q(z|x)", "Use a variational autoencoder.")
class HasPosterior(Protocol):
    """A model with a normal posterior and a prior."""

    prior: Prior

    def posterior(self, x: "np.ndarray") -> "tuple[np.ndarray, np.ndarray]":
        """Return the means and log-variances of q(z|x), each (n, latent_dim)."""


@ability("a model with a likelihood", "Use a variational autoencoder.")
class HasLikelihood(HasPosterior, Protocol):
    """A model whose likelihood p(x) has a bound, and can be estimated.

    The labels are the classes that the decoder is conditioned on, if it is.
    """

    likelihood: str
    latent_dim: int

    def bound(
        self, x: "np.ndarray", noise: "np.ndarray", labels: "np.ndarray | None" = None
    ) -> "tuple[np.ndarray, np.ndarray]":
        """Return -log p(x|z) and the KL divergence of each image, (n,) each, in nats."""

    def log_importance_weights(
        self, x: "np.ndarray", noise: "np.ndarray", labels: "np.ndarray | None" = None
    ) -> "np.ndarray":
        """Return log p(x|z) p(z) / q(z|x) of K draws an image, (K, n), in nats."""


@ability("a model with a discriminator", "Use an adversarial autoencoder.")
class Discriminates(Protocol):
    """A model that says how sure its discriminator is."""

    def discriminate(self, z: "np.ndarray") -> "np.ndarray":
        """Return the probability of being real, (n,)."""


@ability(
    "a model with a discriminator of codes",
    "Use an adversarial autoencoder, or figure 'probability-histograms'.",
)
class DiscriminatesCodes(Discriminates, Protocol):
    """A model whose discriminator judges codes."""

    discriminates_images: Literal[False]


@ability(
    "a model with a discriminator that is conditioned on classes",
    "Use a labeled or a conditional adversarial autoencoder.",
)
class DiscriminatesClasses(DiscriminatesCodes, Protocol):
    """A model whose discriminator can be told a class, if `num_condition_classes` is not 0."""

    num_condition_classes: int


@ability(
    "a model with a discriminator of images",
    "Use a GAN, or figure 'discriminator-output'.",
)
class DiscriminatesImages(Discriminates, Protocol):
    """A model whose discriminator judges images; a critic says any number."""

    discriminates_images: Literal[True]
    has_critic: bool


@ability("a model that judges images as in training", "Use a GAN.")
class DiscriminatesBatches(DiscriminatesImages, Protocol):
    """A model whose discriminator may normalize over the batch."""

    discriminator: Any

    def logits_without_updating_statistics(
        self, x: Any, training: bool
    ) -> tuple[Any, Any]:
        """Return logits and features, and leave moving averages as they are."""


@ability("a model with an encoder network", "Use another network.")
class HasEncoder(Protocol):
    """A model with a Keras network from images, (H, W, C), to codes."""

    encoder: Any
    image_shape: tuple[int, int, int]


@ability("a model trained by phases", "Use a model of this library.")
class TrainsByPhases(Protocol):
    """A model whose phases minimize objectives with named terms."""

    terms: tuple[str, ...]
    batches: tuple[str, ...]

    def phases(self) -> list[Any]:
        """Return the phases, in the order of a step."""


def prior_or_none(model: Any) -> Prior | None:
    """Return the model's prior, None where it has none."""
    return model.prior if supports(model, HasPrior) else None
