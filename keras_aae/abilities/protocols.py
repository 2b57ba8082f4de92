"""Abilities that figures, metrics and commands require of a model or a prior."""

from typing import TYPE_CHECKING, Any, Literal, Protocol

from keras_aae.abilities.asking import ability, supports

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "Classifies",
    "ClassifiesByLabels",
    "Clusters",
    "Corrupts",
    "Decodes",
    "DecodesClasses",
    "DecodesCodesAlone",
    "Discriminates",
    "DiscriminatesBatches",
    "DiscriminatesClasses",
    "DiscriminatesCodes",
    "DiscriminatesImages",
    "DrawsCodes",
    "Encodes",
    "Generates",
    "GeneratesCodes",
    "HasClassComponents",
    "HasComponents",
    "HasEncoder",
    "HasHeadPositions",
    "HasLatentDim",
    "HasLikelihood",
    "HasPosterior",
    "HasPrior",
    "HasRadialComponents",
    "MatchesPrior",
    "PredictsClasses",
    "Prior",
    "Reconstructs",
    "ReencodesCodes",
    "TrainsByPhases",
    "prior_or_none",
]


class Prior(Protocol):
    """Distribution over codes."""

    latent_dim: int
    extent: float

    def sample(self, n: int, seed: Any) -> Any:
        """Return `n` codes, (n, latent_dim)."""

    def log_prob(self, z: Any) -> Any:
        """Return log p(z) of codes, (n,), in nats."""

    def quantiles(self, p: "np.ndarray") -> "np.ndarray":
        """Return the quantiles of one dimension."""

    def outlines(self) -> "list[np.ndarray]":
        """Return contours of a two-dimensional prior, each (points, 2)."""


@ability("a prior with components", "Use another prior, for example umbrella.")
class HasComponents(Protocol):
    """Prior with components, each of which may stand for a class."""

    num_classes: int

    def sample_components(self, labels: Any, seed: Any) -> Any:
        """Draw one code from each of the given components, (n, latent_dim)."""

    def classify(self, z: "np.ndarray") -> "np.ndarray":
        """Return the most likely component of codes, (n,)."""


@ability("a prior with radial components", "Train a model with --prior umbrella.")
class HasRadialComponents(HasComponents, Protocol):
    """Prior of normal components that extend outward from the origin."""

    components: int

    def distance(self, z: "np.ndarray", labels: "np.ndarray") -> "np.ndarray":
        """Return distances of codes from components, in standard deviations, (n,)."""

    def along(self, component: int, radii: "np.ndarray") -> "np.ndarray":
        """Return codes on the axis of a component at given radii, (n, latent_dim)."""


@ability("a model that encodes images", "Use a model with an encoder.")
class Encodes(Protocol):
    """Model that maps images to codes."""

    def encode(self, x: "np.ndarray") -> "np.ndarray":
        """Return the codes of images, (n, latent_dim)."""


@ability("a model that decodes codes", "Use a model with a decoder.")
class Decodes(Protocol):
    """Model that maps codes, (n, latent_dim), to images."""

    def decode(self, z: "np.ndarray") -> "np.ndarray":
        """Return the decoded images, (n, H, W, C)."""


@ability(
    "a model with a known number of latent dimensions",
    "Use a model with a `latent_dim`.",
)
class HasLatentDim(Protocol):
    """Model with a known number of latent dimensions."""

    latent_dim: int


@ability(
    "a model with a decoder conditioned on classes",
    "Use a supervised, semi-supervised, clustering or conditional model.",
)
class DecodesClasses(Decodes, Protocol):
    """Model whose decoder is conditioned on one of `classes` classes."""

    decodes_classes: Literal[True]
    classes: int

    def decode(
        self, z: "np.ndarray", labels: "np.ndarray | None" = None
    ) -> "np.ndarray":
        """Return the images decoded from codes and classes, (n, H, W, C)."""


@ability(
    "a model with a decoder that takes no class",
    "Use a model whose decoder is not conditioned on classes.",
)
class DecodesCodesAlone(Decodes, Protocol):
    """Model whose decoder takes only codes."""

    decodes_classes: Literal[False]


@ability(
    "a model that reconstructs images", "Use a model with an encoder and a decoder."
)
class Reconstructs(Protocol):
    """Model that encodes and decodes images."""

    def reconstruct(self, x: "np.ndarray") -> "np.ndarray":
        """Return the reconstructions of images, (n, H, W, C)."""


@ability("a model that corrupts images", "Use a denoising autoencoder.")
class Corrupts(Protocol):
    """Model trained on corrupted images."""

    def corrupt(self, x: "np.ndarray", seed: int) -> "np.ndarray":
        """Return corrupted images, (n, H, W, C)."""


@ability(
    "a model that generates images",
    "Use a model with a prior, or fit a density to its codes (sampler 'gmm', metric "
    "'fid_mixture').",
)
class Generates(Protocol):
    """Model that generates new images."""

    def generate(self, n: int, seed: int) -> "np.ndarray":
        """Generate `n` images, (n, H, W, C)."""


@ability("a model that generates codes", "Use a shared-encoding network.")
class GeneratesCodes(Protocol):
    """Model with a network that generates codes."""

    def generate_codes(self, n: int, seed: int) -> "np.ndarray":
        """Generate `n` codes, (n, latent_dim)."""


@ability(
    "a model that decodes and re-encodes generated codes",
    "Use a shared-encoding network with fake_path='image'.",
)
class ReencodesCodes(GeneratesCodes, Protocol):
    """Model whose discriminator sees generated codes after decoding and re-encoding."""

    reencodes_codes: Literal[True]


@ability(
    "a model that classifies images",
    "Use a classifier, a semi-supervised or a clustering model.",
)
class Classifies(Protocol):
    """Model that predicts a probability for each class or cluster."""

    def class_probabilities(self, x: "np.ndarray") -> "np.ndarray":
        """Return the class probabilities of images, (n, classes)."""


@ability(
    "a model that learns classes from labels",
    "Use a classifier or a semi-supervised adversarial autoencoder.",
)
class ClassifiesByLabels(Classifies, Protocol):
    """Model that learns classes from labels."""

    uses_labels: Literal[True]


@ability(
    "a model that learns clusters without labels",
    "Use a clustering adversarial autoencoder.",
)
class Clusters(Classifies, Protocol):
    """Model that learns clusters without labels."""

    uses_labels: Literal[False]


@ability("a model with a head position for each cluster", "Use a reduction-aae.")
class HasHeadPositions(Protocol):
    """Model with the code of the head of each cluster, (clusters, latent_dim)."""

    head_positions: Any


@ability("a model that predicts classes", "Use a classifier.")
class PredictsClasses(Protocol):
    """Model that predicts the most likely class of an image."""

    def classify(self, x: "np.ndarray") -> "np.ndarray":
        """Return the most likely class of each image, (n,)."""


@ability(
    "a model with a prior", "Use a variational, adversarial or Wasserstein autoencoder."
)
class HasPrior(Protocol):
    """Model whose codes should be distributed like a prior."""

    prior: Prior


@ability(
    "a model whose prior has a component for each class",
    "Use a labeled adversarial autoencoder.",
)
class HasClassComponents(HasPrior, Protocol):
    """Model trained with labels to map each class to its own component."""

    components_are_classes: Literal[True]


@ability("a model that draws codes", "Use an adversarial or Wasserstein autoencoder.")
class DrawsCodes(Protocol):
    """Model that can draw codes from q(z|x)."""

    def sample_codes(self, x: "np.ndarray", seed: int) -> "np.ndarray":
        """Draw codes from q(z|x), (n, latent_dim)."""


@ability(
    "a model that matches its codes to a prior",
    "Use a variational, adversarial or Wasserstein autoencoder.",
)
class MatchesPrior(DrawsCodes, Protocol):
    """Model whose aggregated posterior is matched to a prior."""

    matched_prior: Prior


@ability("a model with a posterior q(z|x)", "Use a variational autoencoder.")
class HasPosterior(Protocol):
    """Model with a normal posterior and a prior."""

    prior: Prior

    def posterior(self, x: "np.ndarray") -> "tuple[np.ndarray, np.ndarray]":
        """Return the means and log-variances of q(z|x), each (n, latent_dim)."""


@ability("a model with a likelihood", "Use a variational autoencoder.")
class HasLikelihood(HasPosterior, Protocol):
    """Model with a lower bound on log p(x) and an estimate of it.

    `labels` are the classes of the images, for a decoder conditioned on classes.
    """

    likelihood: str
    latent_dim: int

    def bound(
        self, x: "np.ndarray", noise: "np.ndarray", labels: "np.ndarray | None" = None
    ) -> "tuple[np.ndarray, np.ndarray]":
        """Return -log p(x|z) and the KL divergence per image, each (n,), in nats."""

    def log_importance_weights(
        self, x: "np.ndarray", noise: "np.ndarray", labels: "np.ndarray | None" = None
    ) -> "np.ndarray":
        """Return log p(x|z) p(z) / q(z|x) for K draws per image, (K, n), in nats."""


@ability("a model with a discriminator", "Use an adversarial autoencoder.")
class Discriminates(Protocol):
    """Model with a discriminator."""

    def discriminate(self, z: "np.ndarray") -> "np.ndarray":
        """Return the probabilities of being real, (n,)."""


@ability(
    "a model with a discriminator of codes",
    "Use an adversarial autoencoder, or figure 'probability-histograms'.",
)
class DiscriminatesCodes(Discriminates, Protocol):
    """Model with a discriminator of codes."""

    discriminates_images: Literal[False]


@ability(
    "a model with a discriminator conditioned on classes",
    "Use a labeled or a conditional adversarial autoencoder.",
)
class DiscriminatesClasses(DiscriminatesCodes, Protocol):
    """Model with a discriminator conditioned on `num_condition_classes`, if not 0."""

    num_condition_classes: int


@ability(
    "a model with a discriminator of images",
    "Use a GAN, or figure 'discriminator-output'.",
)
class DiscriminatesImages(Discriminates, Protocol):
    """Model with a discriminator of images; a critic returns any real number."""

    discriminates_images: Literal[True]
    has_critic: bool


@ability("a model with a discriminator of batches of images", "Use a GAN.")
class DiscriminatesBatches(DiscriminatesImages, Protocol):
    """Model whose discriminator may normalize over the batch."""

    discriminator: Any

    def logits_without_updating_statistics(
        self, x: Any, training: bool
    ) -> tuple[Any, Any]:
        """Return logits and features without updating moving averages."""


@ability("a model with an encoder network", "Use another network.")
class HasEncoder(Protocol):
    """Model with a Keras network that encodes images, (H, W, C)."""

    encoder: Any
    image_shape: tuple[int, int, int]


@ability("a model trained by phases", "Use a model of this library.")
class TrainsByPhases(Protocol):
    """Model whose training phases minimize objectives with named terms."""

    terms: tuple[str, ...]
    batches: tuple[str, ...]

    def phases(self) -> list[Any]:
        """Return the phases in the order in which a training step runs them."""


def prior_or_none(model: Any) -> Prior | None:
    """Return the prior of a model, or None if it has none."""
    return model.prior if supports(model, HasPrior) else None
