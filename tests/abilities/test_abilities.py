"""Tests of abilities, which depend on members, not on classes."""

import inspect
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
    HasPosterior,
    HasPrior,
    HasRadialComponents,
    MatchesPrior,
    Reconstructs,
    ReencodesCodes,
    TrainsByPhases,
    networks_of,
    prior_or_none,
    protocols,
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
def test_families_have_their_abilities(family):
    model = small_model(family)
    assert supports(model, TrainsByPhases)
    assert {ability for ability in ASKED if supports(model, ability)} == FOUND[family]


def test_classes_have_abilities_before_there_is_a_model():
    assert supports(models.VAE, Encodes) and not supports(models.GAN, Encodes)
    assert supports(models.ConditionalVAE, DecodesClasses)
    assert not supports(models.VAE, DecodesClasses)
    assert not supports(models.Classifier, Generates)
    # Only an instance knows its prior; the class knows its flags.
    assert supports(models.Autoencoder, HasPrior)
    assert supports(models.SEN, ReencodesCodes)
    assert not supports(models.VAE, ReencodesCodes)
    with pytest.raises(UnsupportedError, match="GAN lacks `encode`"):
        require(models.GAN, Encodes, by="Watching codes")


class Own:
    """Model of a user, which inherits from no class of the library."""

    latent_dim = 2

    def encode(self, x):
        return x

    def decode(self, z):
        return z


def test_a_model_with_the_methods_has_the_ability():
    model = Own()
    assert require(model, Encodes, DecodesCodesAlone, by="A test") is model
    assert not supports(model, DecodesClasses)
    assert prior_or_none(model) is None
    model.prior = Normal(2)
    assert prior_or_none(model) is model.prior


def test_the_message_names_the_caller_what_is_missing_and_what_to_do():
    with pytest.raises(UnsupportedError) as error:
        require(Own(), Encodes, Generates, by="Figure 'samples'")
    text = str(error.value)
    for part in ("Figure 'samples'", "Own", "`generate`", "generates images", "Use "):
        assert part in text
    with pytest.raises(UnsupportedError, match="lacks `prior`"):
        require(small_model("autoencoder"), HasPrior, by="A test")
    with pytest.raises(UnsupportedError, match="has `discriminates_images` False"):
        require(small_model("aae"), DiscriminatesImages, by="A test")


def test_priors_have_abilities_too():
    assert supports(Umbrella(3), HasComponents) and supports(
        Umbrella(3), HasRadialComponents
    )
    with pytest.raises(UnsupportedError, match="Normal lacks `classify`"):
        require(Normal(2), HasComponents, by="A test")


def test_networks_are_found_by_their_names():
    model = small_model("vae")
    found = networks_of(model, ("decoder", "critic", "encoder"))
    assert list(found.items()) == [
        ("decoder", model.decoder), ("encoder", model.encoder),
    ]  # fmt: skip


def test_the_package_exports_every_protocol():
    for name, protocol in inspect.getmembers(protocols, inspect.isclass):
        if protocol.__module__ == protocols.__name__:
            assert getattr(abilities, name) is protocol


def test_abilities_import_no_keras():
    code = (
        "import sys, keras_aae.abilities; print({'keras', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr
