import json

import numpy as np
import pytest
from families import small_model
from keras import ops
from scipy.special import log_softmax

from keras_aae.engine import Batch
from keras_aae.errors import DataError, KerasAAEError, RecipeError, UnsupportedError
from keras_aae.losses.classification import cross_entropy, zero_one_loss
from keras_aae.publishing.source import Source, draw_run, evaluate_source
from keras_aae.recipe import Recipe
from keras_aae.training import runner
from keras_aae.training.build import build_model
from keras_aae.transforms.augmentations import AUGMENTATIONS


def test_the_cross_entropy_and_what_is_wrong():
    logits = np.array([[2, 0, -1], [50, -50, 0], [0, 0, 1]], "float32")
    labels = np.array([0, 1, 2])
    expected = -log_softmax(logits.astype(float), axis=1)[range(3), labels]
    np.testing.assert_allclose(cross_entropy(labels, logits), expected, rtol=1e-6)
    assert np.array(zero_one_loss(labels, logits)).tolist() == [0, 1, 0]


@pytest.fixture
def model():
    return small_model("classifier", hidden_units=[16, 6], dropout=0.5)


def test_features_are_what_the_logits_are_made_of(model, toy_images):
    x, _ = toy_images
    features = model.features(x)
    assert features.shape == (70, 6) and features.min() == 0 < features.max()
    kernel, bias = model.classifier.layers[-1].get_weights()
    shares = np.exp(log_softmax(features @ kernel + bias, axis=1))
    probabilities = model.class_probabilities(x)
    np.testing.assert_allclose(probabilities, shares, atol=1e-5)
    assert (model.classify(x) == probabilities.argmax(axis=1)).all()


def test_images_in_any_accepted_form_are_of_the_same_class(model, toy_images):
    x, _ = toy_images
    expected = model.class_probabilities(x)
    for same in (x[..., 0], x / 255.0, np.concatenate([x] * 15)[-70:]):
        np.testing.assert_allclose(model.class_probabilities(same), expected, atol=1e-5)
    assert model.features(x[:0]).shape == (0, 6)
    with pytest.raises(DataError, match=r"Expected \(n, 8, 8, 1\)"):
        model.classify(x[:, :7])


@pytest.mark.parametrize("network, units, width", [
    ("dense", [20], 20), ("lenet", [2, 3, 5], 5), ("conv", [4, 3], 12),
    ("dense-bn", [7], 7),
])  # fmt: skip
def test_every_network_ends_in_a_row_of_features(network, units, width):
    options = {"network": network, "hidden_units": units, "classes": 3}
    model = build_model("classifier", (8, 8, 1), **options)
    assert model.classifier.layers[-1].kernel.shape == (width, 3)


@pytest.mark.parametrize("options, error, message", [
    ({"network": "pooled"}, KerasAAEError, "Invalid network 'pooled'"),
    ({"dropout": 1.0}, RecipeError, "Invalid dropout 1.0"),
    ({"classes": 0}, RecipeError, "Invalid classes"),
    ({"augmentation": "blur"}, KerasAAEError, "Invalid augmentation 'blur'"),
    ({"latent_dim": 2}, RecipeError, "Unknown recipe value 'latent_dim'"),
])  # fmt: skip
def test_wrong_options_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        build_model("classifier", (8, 8, 1), **options)


def test_it_learns_from_augmented_images_and_is_tested_on_others(
    toy_images, monkeypatch
):
    monkeypatch.setitem(AUGMENTATIONS, "moves", lambda x, seed: x * 0.0)
    model = small_model("classifier", hidden_units=[16], augmentation="moves")
    x = ops.convert_to_tensor(toy_images[0].astype("float32") / 255)
    black, shown = (Batch(images, toy_images[1]) for images in (x * 0, x))

    def loss(batch, training):
        return float(ops.stop_gradient(model.classification(batch, training)[0]))

    learned, tested = loss(shown, True), loss(shown, False)
    assert learned == loss(black, False) != tested


def test_without_labels_there_is_nothing_to_learn(model, toy_images):
    with pytest.raises(UnsupportedError, match="labels"):
        model.classification(model.split(toy_images[0])["images"], training=True)


def recipe(path, **changes):
    values = {
        "model": "classifier", "dataset": str(path), "epochs": 12, "batch_size": 8,
        "learning_rate": 0.02, "options": {"hidden_units": [16], "classes": 4},
    }  # fmt: skip
    return Recipe(**values | changes)


def test_a_run_learns_toy_images_and_is_measured_and_drawn(toy_npz, tmp_path):
    run = runner.train(recipe(toy_npz), tmp_path / "run")
    source = Source.open(run.path)
    assert evaluate_source(source) == {"test_error": 0.0, "test_auroc": 100.0}
    assert [path.name for path in draw_run(source)] == ["learning-curves.png"]
    assert not (run.path / "snapshots").exists()


def test_few_labels_are_all_that_is_learned_from(toy_npz, tmp_path):
    few = recipe(
        toy_npz, num_labels=16, validation=0.25, monitor="val_accuracy", patience=3,
        epochs=1,
    )  # fmt: skip
    run = runner.train(few, tmp_path / "run")
    made = runner.Training(run.recipe, Source.open(run.path).dataset)
    assert len(made.loader.images) == 12 and len(made.validation) == 4
    counts = np.bincount(made.loader.images.labels) + np.bincount(
        made.validation.labels
    )
    assert counts.tolist() == [4] * 4
    assert {"val_accuracy", "val_classification_loss"} <= set(run.history[-1])
    assert (
        json.loads((run.path / "recipe.json").read_text())["recipe"]["num_labels"] == 16
    )


def test_images_whose_label_is_missing_are_left_out(toy_images, tmp_path):
    x, y = toy_images
    path = tmp_path / "partly.npz"
    known = np.where(np.arange(56) < 20, y[:56], -1)
    np.savez(path, x_train=x[:56], y_train=known, x_test=x[56:], y_test=y[56:])
    dataset = runner.load_data(recipe(path))
    made = runner.Training(runner.complete(recipe(path), dataset), dataset)
    assert len(made.loader.images) == 20


@pytest.mark.parametrize("changes, message", [
    ({"options": {"classes": 3}}, "has 4 classes.* 3. Set classes"),
    ({"track_codes": 10}, "track_codes=10 needs an encoder"),
    ({"num_labels": 57}, "from 1 to 56"),
])  # fmt: skip
def test_what_cannot_be_learned_is_refused(changes, message, toy_npz, tmp_path):
    with pytest.raises(KerasAAEError, match=message):
        runner.train(recipe(toy_npz, **changes), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_data_without_labels_are_refused(toy_images, tmp_path):
    np.savez(tmp_path / "bare.npz", x_train=toy_images[0], x_test=toy_images[0])
    with pytest.raises(DataError, match="A 'classifier' needs a data set with labels"):
        runner.train(recipe(tmp_path / "bare.npz"), tmp_path / "run")
