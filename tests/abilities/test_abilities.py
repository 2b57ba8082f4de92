"""Models are known by what they can do, whatever they are."""

import subprocess
import sys

import pytest
from families import small_model

from keras_aae import abilities, models
from keras_aae.abilities import (
    Classifies,
    Clusters,
    Corrupts,
    Decodes,
    DecodesClasses,
    DecodesCodesAlone,
    Discriminates,
    DiscriminatesCodes,
    DiscriminatesImages,
    Encodes,
    Generates,
    HasComponents,
    HasLikelihood,
    HasPetals,
    HasPosterior,
    HasPrior,
    MatchesPrior,
    Reconstructs,
    ReencodesCodes,
    TrainsByPhases,
    networks_of,
    prior_or_none,
    require,
    supports,
)
from keras_aae.errors import UnsupportedError
from keras_aae.priors import Normal, Umbrella

CODES = {Encodes, Decodes, DecodesCodesAlone, Reconstructs, Generates}
FOUND = {
    "autoencoder": CODES,
    "denoising-autoencoder": CODES | {Corrupts},
    "vae": CODES | {HasPrior, HasPosterior, HasLikelihood},
    "conditional-vae": CODES - {DecodesCodesAlone}
    | {DecodesClasses, HasPrior, HasPosterior, HasLikelihood},
    "aae": CODES | {HasPrior, MatchesPrior, Discriminates, DiscriminatesCodes},
    "clustering-aae": CODES - {DecodesCodesAlone}
    | {DecodesClasses, HasPrior, MatchesPrior, Classifies, Clusters},
    "classifier": {Classifies},
    "gan": {
        Decodes, DecodesCodesAlone, Generates, HasPrior, Discriminates,
        DiscriminatesImages,
    },
    "sen": CODES | {Corrupts, ReencodesCodes},
}  # fmt: skip
ASKED = set().union(*FOUND.values())


@pytest.mark.parametrize("family", FOUND)
def test_every_family_can_do_what_it_can(family):
    model = small_model(family)
    assert supports(model, TrainsByPhases)
    assert {ability for ability in ASKED if supports(model, ability)} == FOUND[family]


def test_a_class_is_asked_before_there_is_a_model():
    assert supports(models.VAE, Encodes) and not supports(models.GAN, Encodes)
    assert supports(models.ConditionalVAE, DecodesClasses)
    assert not supports(models.VAE, DecodesClasses)
    assert not supports(models.Classifier, Generates)
    # Whether there is a prior only a model knows; what the flag says, the class.
    assert supports(models.Autoencoder, HasPrior)
    assert supports(models.SEN, ReencodesCodes)
    assert not supports(models.VAE, ReencodesCodes)
    with pytest.raises(UnsupportedError, match="GAN lacks `encode`"):
        require(models.GAN, Encodes, by="Watching codes")


class Own:
    """A stranger's model, of no class of ours."""

    latent_dim = 2

    def encode(self, x):
        return x

    def decode(self, z):
        return z


def test_whoever_has_the_methods_has_the_ability():
    model = Own()
    assert require(model, Encodes, DecodesCodesAlone, by="A test") is model
    assert not supports(model, DecodesClasses)
    assert prior_or_none(model) is None
    model.prior = Normal(2)
    assert prior_or_none(model) is model.prior


def test_the_message_says_what_asks_what_is_missing_and_what_to_do():
    with pytest.raises(UnsupportedError) as error:
        require(Own(), Encodes, Generates, by="Figure 'samples'")
    text = str(error.value)
    for part in ("Figure 'samples'", "Own", "`generate`", "generates images", "Use "):
        assert part in text
    with pytest.raises(UnsupportedError, match="lacks `prior`"):
        require(small_model("autoencoder"), HasPrior, by="A test")
    with pytest.raises(UnsupportedError, match="has `discriminates_images` False"):
        require(small_model("aae"), DiscriminatesImages, by="A test")


def test_priors_are_asked_too():
    assert supports(Umbrella(3), HasComponents) and supports(Umbrella(3), HasPetals)
    with pytest.raises(UnsupportedError, match="Normal lacks `classify`"):
        require(Normal(2), HasComponents, by="A test")


def test_networks_are_found_by_their_names():
    model = small_model("vae")
    found = networks_of(model, ("decoder", "critic", "encoder"))
    assert list(found.items()) == [
        ("decoder", model.decoder), ("encoder", model.encoder),
    ]  # fmt: skip


def test_every_ability_is_to_be_had_from_the_room():
    for name in abilities.__all__:
        assert hasattr(abilities, name)


def test_asking_does_not_wait_for_keras():
    code = (
        "import sys, keras_aae.abilities; print({'keras', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr
