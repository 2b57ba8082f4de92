"""Tests of event files as TensorBoard reads them."""

import struct
import sys

import pytest
from keras import ops

from keras_aae import training
from keras_aae.errors import UnsupportedError
from keras_aae.publishing.source import load_run_model
from keras_aae.recipe import Recipe

event_pb2 = pytest.importorskip("tensorboardX.proto.event_pb2")


def recipe(path, **values):
    options = {"latent_dim": 2, "hidden_units": [4]}
    return Recipe(
        model="vae", options=options, dataset=str(path), batch_size=16,
        validation=8, **{"epochs": 2} | values,
    )  # fmt: skip


def events(run):
    """Read (step, tag, value) from event files; a histogram has (number, sum)."""
    found = []
    for path in sorted((run.path / "tensorboard").iterdir()):
        data, place = path.read_bytes(), 0
        while place < len(data):
            (size,) = struct.unpack_from("<Q", data, place)
            event = event_pb2.Event.FromString(data[place + 12 : place + 12 + size])
            place += size + 16
            for value in event.summary.value:
                histogram = value.HasField("histo")
                numbers = (value.histo.num, value.histo.sum)
                found.append(
                    (
                        event.step,
                        value.tag,
                        numbers if histogram else value.simple_value,
                    )
                )
    return found


def test_event_files_hold_the_history_and_histograms(tmp_path, toy_npz):
    run = training.train(recipe(toy_npz), tmp_path / "run", tensorboard=True)
    logged = events(run)
    scalars = {(step, tag): v for step, tag, v in logged if not isinstance(v, tuple)}
    for row in run.history:
        for term in ("loss", "kl", "val_neg_elbo"):
            assert scalars[row["epoch"], term] == pytest.approx(row[term], rel=1e-6)
    last = {tag: v for step, tag, v in logged if step == 2 and isinstance(v, tuple)}
    model = load_run_model(run)
    weights = {
        f"{network.name}/{variable.path}": ops.convert_to_numpy(variable)
        for network in (model.encoder, model.decoder)
        for variable in network.trainable_variables
    }
    (phase,) = {tag.split("/")[1] for tag in last if tag.startswith("gradients/")}
    assert set(last) == {
        f"{kind}/{name}"
        for name in weights
        for kind in ("weights", f"gradients/{phase}")
    }
    for name, values in weights.items():
        number, total = last[f"weights/{name}"]
        assert number == values.size
        assert total == pytest.approx(values.sum(), abs=1e-4)


def test_looking_does_not_change_a_training_nor_a_resumed_one(tmp_path, toy_npz):
    plain = training.train(recipe(toy_npz), tmp_path / "plain")
    short = training.train(recipe(toy_npz, epochs=1), tmp_path / "b", tensorboard=True)
    tracked_images = training.resume(short.path, epochs=2, tensorboard=True)
    for one, other in zip(plain.history, tracked_images.history, strict=True):
        same = [k for k in one if k not in ("seconds", "images_per_second")]
        assert [one[k] for k in same] == [other[k] for k in same]
    steps = [step for step, tag, _ in events(tracked_images) if tag == "loss"]
    assert steps == [1, 2]


def test_without_the_library_nothing_is_begun(tmp_path, toy_npz, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(UnsupportedError, match="pip install"):
        training.train(recipe(toy_npz), tmp_path / "run", tensorboard=True)
    assert not (tmp_path / "run").exists()
