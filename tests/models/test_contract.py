"""What every model family promises, on the engine of this process."""

import inspect
import json

import keras
import numpy as np
import pytest
from families import FAMILIES, codes, decode, family_class, inputs, read, small_model
from keras import ops

from keras_aae.data import Images
from keras_aae.engine import Batch, BatchLoader
from keras_aae.engine.backend import engine
from keras_aae.engine.loop import Progress, TrainingLoop, measure_terms

# Batch sizes that leave no odd last batch, for which a step is compiled once more.
WHOLE, HALF = 10, 35
families = pytest.mark.parametrize("name", FAMILIES)
# Steps like those of another family, but for a formula or a network. Where steps compile
# long, one of a kind is trained and stopped; on PyTorch, which does not compile, all are.
LIKE_SEN = {"variational-sen", "classifying-sen", "directed-sen", "feature-sen"}
LIKE_ANOTHER = LIKE_SEN | {
    "sparse-autoencoder", "denoising-autoencoder", "contractive-autoencoder",
    "conditional-vae", "supervised-aae", "wae", "clustering-aae", "classifier",
    "wide-and-deep",
}  # fmt: skip
ON_TORCH = keras.backend.backend() == "torch"
TRAINED = [name for name in FAMILIES if ON_TORCH or name not in LIKE_SEN]
STOPPED = [name for name in FAMILIES if ON_TORCH or name not in LIKE_ANOTHER]
decoding_families = pytest.mark.parametrize(
    "name", [name for name in FAMILIES if hasattr(family_class(name), "decode")]
)


def values(variables):
    return [np.array(ops.convert_to_numpy(v)) for v in variables]


def everything(model):
    state = [*model.variables, *model.optimizer.variables]
    return values(state)


def assert_same(first, second):
    assert len(first) == len(second)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


def feed_for(model, toy_images, batch_size=8):
    x, y = toy_images
    images = Images(x, y)
    labeled = images.subset(np.arange(12))
    return BatchLoader(images, batch_size, model.batches, seed=3, labeled=labeled)


def train(model, loader, epochs, progress=None, execution="graph", chunk=None):
    progress = progress or Progress()
    loop = TrainingLoop(model, loader, epochs=epochs, execution=execution)
    if chunk:
        loop._steps_to_take = lambda width: chunk
    loop.run(progress, lambda: None, lambda row: None)
    return progress


@families
def test_stock_fit_gives_finite_named_terms(name, toy_images):
    model, (x, y) = small_model(name), toy_images
    history = model.fit(x, y, batch_size=HALF, epochs=2, verbose=0).history
    assert set(history) == {"loss", *model.terms}
    assert np.isfinite(list(history.values())).all()
    results = model.evaluate(x, y, batch_size=HALF, verbose=0, return_dict=True)
    assert set(results) == {"loss", *model.terms}
    made = (8, 8, 1) if hasattr(model, "decode") else (model.label_classes,)
    assert model.predict(inputs(model, x), verbose=0).shape == (70, *made)


@families
def test_each_phase_moves_its_networks_and_no_others(name, toy_images):
    model, (x, y) = small_model(name), toy_images
    block = {n: Batch(x[None, :16], y[None, :16]) for n in model.batches}
    for phase in model.phases():
        before = values(model.trainable_variables)
        model.phases = lambda phase=phase: [phase]
        engine.compile_chunk(model, model.training_step, "steps")(block, 1)
        own = {id(v) for v in phase.variables}
        for v, old in zip(model.trainable_variables, before, strict=True):
            moved = not np.array_equal(old, ops.convert_to_numpy(v))
            assert moved == (id(v) in own), (phase.name, v.path)


@families
def test_testing_moves_nothing(name, toy_images):
    model, (x, y) = small_model(name), toy_images
    before = everything(model)
    first = measure_terms(model, Images(x, y))
    assert first == measure_terms(model, Images(x, y))
    assert_same(before, everything(model))


@pytest.mark.parametrize("name", TRAINED)
def test_training_lowers_the_loss_and_a_file_holds_its_state(
    name, toy_images, tmp_path
):
    model = small_model(name)
    loader = feed_for(model, toy_images, WHOLE)
    loop = TrainingLoop(model, loader, epochs=12, execution="graph")
    progress, x = Progress(), toy_images[0]
    start = distance_of_samples(model, x / 255) if name == "gan" else None
    loop.run(progress, lambda: None, lambda row: None)
    if name == "gan":
        # In a game no loss falls for long, but what is generated becomes like the data.
        assert distance_of_samples(model, x / 255) < 0.8 * start
    else:
        first, last = (lowered(model, progress.history[i]) for i in (0, -1))
        assert last < 0.9 * first

    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert_same(everything(model), everything(loaded))
    assert_reads_alike(model, loaded, x)
    assert [p.name for p in loaded.phases()] == [p.name for p in model.phases()]
    again = Progress(epoch=progress.epoch)
    loop.epochs += 1
    loop.run(progress, lambda: None, lambda row: None)
    train(loaded, loader, loop.epochs, again)
    assert_same(everything(model), everything(loaded))


def lowered(model, row):
    """The term of a row of the history that training should make smaller."""
    wanted = ("elbo", "reconstruction", "classification_loss")
    return next(row[t] for t in model.terms if any(name in t for name in wanted))


def distance_of_samples(model, x):
    """Squared distance of the mean images, generated and real."""
    return np.square(model.generate(len(x)).mean(axis=0) - x.mean(axis=0)).mean()


def assert_reads_alike(model, loaded, x):
    np.testing.assert_allclose(read(model, x), read(loaded, x), atol=1e-6)
    outputs = [m.predict(inputs(m, x), verbose=0) for m in (model, loaded)]
    np.testing.assert_allclose(*outputs, atol=1e-6)


@families
def test_another_seed_gives_another_model(name):
    first, second = (values(small_model(name, seed=seed).weights) for seed in (1, 2))
    assert any(not np.array_equal(a, b) for a, b in zip(first, second, strict=True))


MAXIMIZED = {
    "accuracy", "discriminator_accuracy_images", "discriminator_accuracy_generated", "discriminator_accuracy_codes",
    "discriminator_accuracy_prior", "discriminator_accuracy_categories", "discriminator_accuracy_category_prior",
}  # fmt: skip


@families
def test_a_family_declares_which_columns_are_better_when_higher(name, toy_images):
    model = small_model(name)
    diagnostics = model.diagnostics(toy_images[0]) if model.diagnostic_images else {}
    columns = {"loss", *model.terms, *diagnostics}
    higher = {c for c in columns if model.higher_is_better(c)}
    assert higher == columns & MAXIMIZED
    assert {c for c in columns if model.higher_is_better(f"val_{c}")} == higher


NAMES_CLASSES = {
    "wide-and-deep", "labeled-aae", "semi-supervised-aae", "classifying-sen",
    "directed-sen", "classifier",
}  # fmt: skip


@families
def test_a_family_declares_what_it_does_with_classes_and_images(name):
    model = family_class(name)
    decode = getattr(model, "decode", lambda z: None)
    assert model.decodes_classes == ("labels" in inspect.signature(decode).parameters)
    assert model.uses_labels == (name in NAMES_CLASSES)
    assert model.components_are_classes == (name == "labeled-aae")
    assert model.discriminates_images == (name == "gan")


@pytest.mark.parametrize(
    ("monitor", "best"), [("accuracy", max), ("val_accuracy", max), ("val_loss", min)]
)
def test_the_best_epoch_has_the_highest_or_the_lowest_value(monitor, best, toy_images):
    slow = keras.optimizers.Adam(0.001)
    model, progress = small_model("classifier", optimizer=slow), Progress()
    loop = TrainingLoop(
        model, feed_for(model, toy_images), Images(*toy_images),
        epochs=4, monitor=monitor, execution="graph",
    )  # fmt: skip
    loop.run(progress, lambda: None, lambda row: None)
    values = [row[monitor] for row in progress.history]
    assert progress.best == best(values) and min(values) < max(values)
    assert progress.best_epoch == 1 + values.index(progress.best)


# One family of each kind of step: they compile long, and the others differ in formulas.
# Graphs that are not XLA's are known to TensorFlow alone, and are what it chooses on a CPU
# for steps as random as those of the four phases.
ON_TENSORFLOW = keras.backend.backend() == "tensorflow"
AS_GRAPHS = ("aae", "four-phases")
WAYS = [("vae", "xla", ("xla", 1))]
WAYS += (
    [(name, "graph", ("steps", None)) for name in AS_GRAPHS]
    if ON_TENSORFLOW
    else [("four-phases", "xla", ("xla", 1))]
)


@pytest.mark.parametrize(("name", "execution", "single"), WAYS)
def test_a_chunk_equals_its_steps_one_by_one(name, execution, single, toy_images):
    # Not XLA against the others: on TensorFlow it draws other random numbers.
    results = []
    for way, chunk in ((execution, None), single):
        model = small_model(name)
        loader = feed_for(model, toy_images)
        progress = train(model, loader, 2, execution=way, chunk=chunk)
        results.append(([row["loss"] for row in progress.history], model.get_weights()))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-4)
    for a, b in zip(results[0][1], results[1][1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)


# Where the last batch of an epoch is an odd one, and who stops twice: what was loaded and
# goes on is saved and loaded again.
ODD = ("autoencoder", "four-phases")
TWICE = "four-phases"


@pytest.mark.parametrize("name", STOPPED)
def test_stopping_anywhere_and_going_on_changes_nothing(name, toy_images, tmp_path):
    # The same seed twice, as well: once straight through and once in parts.
    straight, size = small_model(name), 8 if name in ODD else WHOLE
    whole = train(straight, feed_for(straight, toy_images, size), epochs=2)

    model, progress = small_model(name), Progress()
    for stop_at in (2, 5) if name == TWICE else (5,):
        progress = stop_after(
            model, progress, stop_at, feed_for(model, toy_images, size)
        )
        model.save(tmp_path / "state.keras")
        model = keras.saving.load_model(tmp_path / "state.keras")
    train(model, feed_for(model, toy_images, size), epochs=2, progress=progress)

    assert_same(everything(straight), everything(model))
    terms = ("loss", *model.terms)
    for a, b in zip(whole.history, progress.history, strict=True):
        assert [a[t] for t in terms] == [b[t] for t in terms]


class Stop(Exception):
    pass


def stop_after(model, progress, steps, loader):
    """Train to a step in mid-epoch, one step a chunk, then put the progress away."""

    def after_chunk():
        if progress.epoch * loader.steps + progress.step >= steps:
            raise Stop

    loop = TrainingLoop(model, loader, epochs=2, execution="graph")
    loop._steps_to_take = lambda width: 1
    with pytest.raises(Stop):
        loop.run(progress, after_chunk, lambda row: None)
    return Progress(**json.loads(json.dumps(progress.to_dict())))


@decoding_families
def test_images_in_any_accepted_form_give_the_same_codes(name, toy_images):
    model, (x, _) = small_model(name), toy_images
    found, z = read(model, x), codes(model, x)
    assert z.shape == (70, model.latent_dim)
    assert len(found) == 70 and found.dtype == np.float32
    np.testing.assert_allclose(read(model, x[..., 0]), found, atol=1e-5)
    np.testing.assert_allclose(read(model, x / 255.0), found, atol=1e-5)
    images = decode(model, z)
    assert images.shape == (70, 8, 8, 1) and images.dtype == np.float32
    assert 0 <= images.min() and images.max() <= 1
    called = images
    if hasattr(model, "encode"):
        called = model.reconstruct(x)
        if not hasattr(model, "classes"):
            np.testing.assert_allclose(called, images, atol=1e-5)
    predicted = model.predict(inputs(model, x), verbose=0)
    np.testing.assert_allclose(predicted, called, atol=1e-5)


@decoding_families
def test_batching_changes_no_code(name, toy_images):
    model, (x, _) = small_model(name), toy_images
    found = read(model, x)
    one_by_one = np.concatenate([read(model, image[None]) for image in x[:5]])
    np.testing.assert_allclose(one_by_one, found[:5], atol=1e-5)
    many = np.concatenate([x] * 9)
    np.testing.assert_allclose(read(model, many)[-70:], found, atol=1e-5)
    assert read(model, x[:0]).shape == (0, *found.shape[1:])


@decoding_families
def test_wrong_images_and_codes_are_refused(name, toy_images):
    from keras_aae.errors import DataError

    model, (x, _) = small_model(name), toy_images
    with pytest.raises(DataError, match=r"Expected \(n, 8, 8, 1\)"):
        read(model, x[:, :7])
    with pytest.raises(DataError, match="from 0 to 1"):
        read(model, x.astype("float32"))
    with pytest.raises(DataError, match="NaN"):
        read(model, np.full((1, 8, 8, 1), np.nan, np.float32))
    with pytest.raises(DataError, match="uint8"):
        read(model, x.astype("int64"))
    with pytest.raises(DataError, match=rf"Expected \(n, {model.latent_dim}\)"):
        model.decode(np.zeros((4, 7)))
    with pytest.raises(DataError, match="finite"):
        model.decode(np.full((1, model.latent_dim), np.inf))
