import importlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks import report  # noqa: E402
from benchmarks.arithmetic import fastest, ratio, seconds  # noqa: E402
from benchmarks.contenders import (  # noqa: E402
    AAE,
    CODE_CALLS,
    DENSE,
    FLOORS,
    OURS,
    SCAN,
    TORCH_LOOP,
)
from benchmarks.rounds import (  # noqa: E402
    Readings,
    Worker,
    WorkerError,
    take_rounds,
)
from benchmarks.targets import targets  # noqa: E402

# Answers with the readings it was given, one a turn, then ends in its own way.
FAKE = """
import json, sys
readings, ending = json.loads(sys.argv[1]), sys.argv[2]
print(json.dumps({"ready": {"parameters": 7, "execution": "fake"}}), flush=True)
for value in readings:
    sys.stdin.readline()
    answer = {"epoch": value}
    print(json.dumps({"seconds": answer, "cpu_seconds": answer}), flush=True)
sys.stdin.readline()
exec(ending)
"""


def fake(readings, ending="", limit=20):
    command = [sys.executable, "-c", FAKE, json.dumps(readings), ending]
    return lambda: Worker(command, limit=limit)


def test_readings_of_a_round_belong_together():
    starters = {OURS: fake([1.0, 2.0, 4.0]), SCAN: fake([2.0, 2.0, 2.0])}
    readings = take_rounds(starters, rounds=3, limits={SCAN: 2})
    assert [row[OURS] for row in readings.rounds] == [1.0, 2.0, 4.0]
    assert SCAN not in readings.rounds[2]
    assert not readings.missing
    text = report.epoch_section("Title", readings, DENSE, 1000)
    assert f"| {SCAN} | 2.000 | 2.000..2.000 | 2.000 | 500 | 1.50 (1.00..2.00)" in text


def test_ratios_are_of_the_same_round():
    rounds = [{"a": 1.0, "b": 2.0}, {"a": 10.0, "b": 30.0}, {"a": 2.0}]
    spread = ratio(rounds, "b", "a")
    assert (spread.median, spread.low, spread.high) == (2.5, 2.0, 3.0)
    assert seconds(rounds, "a").median == 2.0
    assert ratio(rounds, "c", "a") is None
    assert fastest(rounds, ("a", "b", "c")) == "a"


def test_a_dead_worker_is_named_and_harms_no_other():
    starters = {
        "good": fake([1.0, 2.0]),
        "dies": fake([1.0], "raise SystemExit('out of luck')"),
    }
    readings = take_rounds(starters, rounds=2)
    assert [row["good"] for row in readings.rounds] == [1.0, 2.0]
    assert "ended with code 1" in readings.missing["dies"]
    assert "out of luck" in readings.missing["dies"]


def test_a_worker_that_cannot_start_says_why():
    with pytest.raises(WorkerError, match="no such luck"):
        Worker([sys.executable, "-c", "raise SystemExit('no such luck')"])


def test_a_silent_worker_is_given_up():
    worker = fake([], "import time; time.sleep(60)", limit=1)()
    with pytest.raises(WorkerError, match="no answer in 1 seconds"):
        worker.turn()
    worker.close()


def test_targets_compare_and_say_what_is_missing():
    dense = Readings(rounds=[{OURS: 1.2, SCAN: 1.0}, {OURS: 1.0, SCAN: 1.0}])
    found = targets({"dense": dense}, {"megabytes": 2000.0, "checkpoint_share": 0.01})
    verdicts = {t.text: t.verdict for t in found}
    assert verdicts["dense: ours on tensorflow / hand-written JAX"] == "yes"
    assert verdicts["dense: stock fit / ours"] == "not measured"
    assert verdicts["peak memory of a training"] == "no"
    assert verdicts["checkpoints' share of a training"] == "yes"
    assert "| at most 1.1 | 1.1 | yes |" in report.target_section(found)


def test_each_group_has_targets_of_its_own():
    aae = Readings(rounds=[{OURS: 1.2, SCAN: 1.0}])
    verdicts = {t.text: t.verdict for t in targets({"aae": aae}, {})}
    assert verdicts["aae: ours on tensorflow / hand-written JAX"] == "no"
    assert verdicts["aae: ours on jax / hand-written JAX"] == "not measured"
    assert verdicts["dense: ours on tensorflow / hand-written JAX"] == "not measured"


def test_codes_are_compared_with_the_best_batch_size():
    row = {
        CODE_CALLS["encode"]: 1.0,
        "encode, predict 128": 4.0,
        "encode, predict 512": 3.0,
    }
    text = report.codes_section(Readings(rounds=[row]), 300)
    assert "encode, predict 512 | 100 | 3.000..3.000 | 3.00" in text
    assert "predict 128" not in text
    found = {t.text: t for t in targets({"codes": Readings(rounds=[row])}, {})}
    assert found["codes: best predict / ours, encode"].measured == 3
    assert found["codes: best predict / ours, decode"].verdict == "not measured"


def test_the_floor_is_the_fastest_one():
    row = {OURS: 3.0, FLOORS[0]: 2.0, FLOORS[1]: 1.5}
    info = dict.fromkeys(row, {"parameters": 7, "execution": "fake"})
    readings = Readings(rounds=[row], cpu=[row], info=info)
    text = report.epoch_section("Title", readings, DENSE, 100)
    assert f"{FLOORS[1]!r}: ours takes 2.00 times" in text


@pytest.fixture
def images():
    """A batch of dark images with one bright stripe."""
    x = np.full((128, 28, 28, 1), 20, "uint8")
    x[np.arange(128), np.arange(128) % 28] = 200
    return x


@pytest.fixture
def aae():
    from benchmarks.ours import RECIPES
    from keras_aae.training.build import new_model

    return new_model(RECIPES["aae"], (28, 28, 1), steps=1)


@pytest.mark.engines
@pytest.mark.parametrize("label", [SCAN, TORCH_LOOP])
def test_a_hand_written_aae_is_as_large_as_ours_and_learns(label, images, aae):
    pytest.importorskip(AAE[label].package)
    module, function = AAE[label].where.split(":")
    turns, info = getattr(importlib.import_module(module), function)(images)
    weights = [np.array(v) for v in aae.trainable_variables]
    assert info["parameters"] == sum(w.size for w in weights)
    losses = [turns["epoch"]() for _ in range(30)]
    if label == SCAN:
        losses = [loss["reconstruction"] for loss in losses]
    assert losses[-1] < 0.7 * losses[0]


@pytest.mark.engines
def test_the_hand_written_aae_does_what_ours_does(images, aae, monkeypatch):
    jax = pytest.importorskip("jax")
    from benchmarks import jax_aae, jax_scan

    z_prior = np.random.default_rng(0).standard_normal((len(images), 2), np.float32)
    monkeypatch.setattr(type(aae), "sample_prior", lambda model, batch: z_prior)
    state = jax_scan.new_state(jax.random.key(0), jax_aae.WIDTHS)
    for name, networks in (
        ("autoencoder", (aae.encoder, aae.decoder)),
        ("discriminator", (aae.discriminator,)),
    ):
        weights = iter([w for network in networks for w in network.get_weights()])
        for layer in jax_aae.WIDTHS[name]:
            state[name]["parameters"][layer] = {"w": next(weights), "b": next(weights)}
    x = images.reshape(len(images), -1).astype("float32") / 255
    theirs = jax.jit(jax_aae.phases)
    # The second step shows that both updated what they should, by as much.
    for _ in range(2):
        aae.reset_metrics()
        ours = aae.training_step(aae.split(images))
        state, losses = theirs(state, x, z_prior)
        np.testing.assert_allclose(
            ours["discrimination"], losses["discrimination"], rtol=1e-4
        )
        np.testing.assert_allclose(ours["loss"], sum(losses.values()), rtol=1e-4)
