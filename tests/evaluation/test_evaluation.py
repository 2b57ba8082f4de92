import numpy as np
import pytest
from families import small_model

from keras_aae.data import Dataset, Images
from keras_aae.errors import KerasAAEError, UnsupportedError
from keras_aae.evaluation import describe, evaluate, likelihood
from keras_aae.evaluation.likelihood import binarized
from keras_aae.registry import METRICS


@pytest.fixture(scope="module")
def dataset(toy_images):
    x, y = toy_images
    many, labels = np.concatenate([x] * 2), np.concatenate([y] * 2)
    return Dataset("toy", Images(many, labels), Images(x, y), tuple("abcd"))


class Known:
    """A model whose codes tell the class, and whose images are all gray."""

    def encode(self, x):
        corners = np.asarray(x, float).reshape(-1, 2, 4, 2, 4).mean((2, 4))
        return corners.reshape(-1, 4).astype("float32")

    def reconstruct(self, x):
        return np.full((*x.shape,), 0.5, "float32")


def test_known_answers(dataset):
    values = evaluate(Known(), dataset, names=["mse", "probe_knn_100"])
    x = dataset.test.array() / 255
    assert values["mse"] == pytest.approx(((x - 0.5) ** 2).mean(), rel=1e-5)
    assert values["probe_knn_100"] == 1.0


def test_the_mean_code_is_of_models_without_a_prior(dataset):
    values = evaluate(Known(), dataset, names=["mean_code"])
    assert values["mean_code"] == pytest.approx(dataset.test.array().mean(), rel=1e-5)
    with pytest.raises(UnsupportedError, match="'mean_code' needs .*VAE"):
        evaluate(small_model("vae"), dataset, names=["mean_code"])


def test_an_entry_may_stand_for_several_numbers(dataset):
    model = small_model("vae", latent_dim=2)
    values = evaluate(model, dataset, names=["space_mass", "kl"])
    assert list(values) == ["kl", *(f"space_mass_{k}" for k in range(4))]
    assert (
        describe("space_mass_3") == describe("space_mass") == METRICS["space_mass"][1]
    )
    assert describe("space_ambiguous_mass") == METRICS["space_ambiguous_mass"][1]
    assert describe("probe_knn_100") == METRICS["probe_knn_100"][1]


def test_what_does_not_apply_is_left_out_or_refused(dataset):
    values = evaluate(Known(), dataset)
    assert set(values) == {
        "mse", "probe_knn_100", "probe_logistic_10000", "kmeans_accuracy", "kmeans_nmi",
        "mean_code",
    }  # fmt: skip
    with pytest.raises(UnsupportedError, match="Known lacks `bound`"):
        evaluate(Known(), dataset, names=["nll"])
    with pytest.raises(UnsupportedError, match="does not apply"):
        evaluate(Known(), dataset, names=["probe_knn_1000"])
    with pytest.raises(KerasAAEError, match="Did you mean 'neg_elbo'"):
        evaluate(Known(), dataset, names=["negelbo"])


def test_a_vae_has_all_its_numbers(dataset):
    model = small_model("vae", latent_dim=2)
    values = evaluate(model, dataset, seed=1)
    assert values == evaluate(model, dataset, seed=1)
    keys = [name for name in values if name in METRICS]
    assert keys == [name for name in METRICS if name in values]
    assert {"neg_elbo", "nll", "neg_elbo_binarized", "active_units"} <= set(values)
    assert values["neg_elbo"] == pytest.approx(
        values["reconstruction_nll"] + values["kl"]
    )
    assert values["kl"] >= 0
    # Jensen: the importance-weighted bound is the tighter one.
    assert values["nll"] <= values["neg_elbo"] + 0.1
    assert values["nll_binarized"] <= values["neg_elbo_binarized"] + 0.1
    assert np.isfinite(list(values.values())).all()


LIKELIHOODS = ["neg_elbo", "reconstruction_nll", "kl", "nll", "active_units"]


def test_a_conditional_model_has_the_likelihood_of_labeled_images(dataset):
    model = small_model("conditional-vae", latent_dim=2, classes=4)
    names = [*LIKELIHOODS, "neg_elbo_binarized", "nll_binarized"]
    values = evaluate(model, dataset, names=names)
    x, labels = dataset.test.array(), dataset.test.labels
    noise = np.random.default_rng([0, 2]).standard_normal((len(x), 2), np.float32)
    nll, kl = model.bound(x, noise, labels)
    assert values["reconstruction_nll"] == pytest.approx(nll.mean(), rel=1e-5)
    assert values["neg_elbo"] == pytest.approx((nll + kl).mean(), rel=1e-5)
    assert values["nll"] <= values["neg_elbo"] + 0.1
    assert values["nll_binarized"] <= values["neg_elbo_binarized"] + 0.1


def test_images_of_an_unknown_class_have_no_conditional_likelihood(dataset):
    x, labels = dataset.test.array(), dataset.test.labels.copy()
    labels[3:] = -1
    few = Dataset("few", Images(x, labels), Images(x, labels), tuple("abcd"))
    known = Dataset("known", *2 * [Images(x[:3], labels[:3])], tuple("abcd"))
    model = small_model("conditional-vae", latent_dim=2, classes=4)
    for part in ("reconstruction_nll", "nll_binarized"):
        expected = evaluate(model, known, names=[part])
        assert evaluate(model, few, names=[part]) == expected


def test_a_conditional_likelihood_needs_labels_of_its_classes(dataset):
    x = dataset.test.array()
    model = small_model("conditional-vae", latent_dim=2, classes=4)
    with pytest.raises(UnsupportedError, match="labeled images"):
        evaluate(model, Dataset("none", Images(x), Images(x)), names=["kl"])
    fewer = small_model("conditional-vae", latent_dim=2, classes=3)
    with pytest.raises(UnsupportedError, match="of 3 classes.* has 4 classes"):
        evaluate(fewer, dataset, names=["kl"])
    assert "neg_elbo" not in evaluate(fewer, dataset)


def test_a_gaussian_likelihood_is_not_binarized(dataset):
    values = evaluate(small_model("vae", likelihood="gaussian"), dataset)
    assert not [name for name in values if "binarized" in name]


def test_an_autoencoder_has_a_loss_and_no_likelihood(dataset):
    values = evaluate(small_model("autoencoder"), dataset)
    assert set(values) == {
        "reconstruction_loss", "mse", "probe_knn_100", "probe_logistic_10000",
        "kmeans_accuracy", "kmeans_nmi", "mean_code", "interpolation_energy",
    }  # fmt: skip


def test_binarized_pixels_are_draws_with_the_gray_values():
    x = np.full((200, 8, 8, 1), 64, "uint8")
    draws = binarized(x, np.random.default_rng(0))
    assert set(np.unique(draws)) == {0, 255}
    assert (draws > 0).mean() == pytest.approx(64 / 255, abs=0.02)
    ends = np.array([0.0, 1.0], "float32").reshape(2, 1, 1, 1)
    assert binarized(ends, np.random.default_rng(0)).ravel().tolist() == [0, 255]


def test_data_without_labels_have_no_accuracy(toy_images):
    x, _ = toy_images
    unlabeled = Dataset("toy", Images(x), Images(x))
    assert "probe_knn_100" not in evaluate(Known(), unlabeled)


def test_the_slow_likelihood_is_measured_where_it_is_named(dataset, monkeypatch):
    monkeypatch.setattr(likelihood, "LONG_IMPORTANCE_SAMPLES", 500)
    model = small_model("vae", latent_dim=2)
    assert "nll_5000_binarized" not in evaluate(model, dataset)
    names = ["nll_5000_binarized", "nll_binarized"]
    values = evaluate(model, dataset, names=names)
    assert list(values) == ["nll_binarized", "nll_5000_binarized"]
    assert values[names[0]] == pytest.approx(values[names[1]], abs=0.2)


def test_samples_drawn_in_parts_are_one_draw(dataset, monkeypatch):
    model, x = small_model("vae", latent_dim=2), dataset.test.array()[:5]
    whole = likelihood._nll(model, x, 60, seed=1)
    monkeypatch.setattr(likelihood, "SAMPLES_AT_ONCE", 7)
    assert likelihood._nll(model, x, 60, seed=1) == pytest.approx(whole, rel=1e-6)
