import errno
import json
import random
import shutil

import numpy as np
import pytest
from families import small_model

from keras_aae.engine.loop import Progress
from keras_aae.errors import DivergedError, RunError
from keras_aae.runs.checkpoints import Checkpoints, _digest, load_checkpoint


@pytest.fixture(scope="module")
def model():
    return small_model("vae")


def progress(epoch):
    row = {"epoch": epoch, "loss": 0.1 + 0.2}
    return Progress(
        epoch=epoch, history=[row], totals={"loss": [1 / 3, 8.0]}, best=1 / 7
    )


@pytest.fixture
def checkpoints(tmp_path, model):
    made = Checkpoints(tmp_path / "checkpoints", "recipe", seconds=0)
    for steps in (10, 20, 30):
        made.save(model, progress(steps), steps, model.get_weights())
    return made


def names(checkpoints):
    return sorted(p.name for p in checkpoints.path.iterdir())


def test_only_the_newest_are_kept(checkpoints):
    assert names(checkpoints) == ["step-00000020", "step-00000030"]


def test_what_is_loaded_is_what_was_saved(checkpoints, model):
    loaded, where, best = load_checkpoint(checkpoints.newest())
    assert where == progress(30)
    for a, b in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(model.get_weights(), best, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ["state.keras", "best.npz", "manifest.json"])
@pytest.mark.parametrize("part", [0, 1, 5, 12, 15])
def test_a_truncated_checkpoint_is_set_aside(checkpoints, name, part):
    file = checkpoints.path / "step-00000030" / name
    content = file.read_bytes()
    file.write_bytes(content[: len(content) * part // 16])
    said = []
    assert checkpoints.newest(said.append).name == "step-00000020"
    assert "step-00000030 is damaged" in said[0]
    assert names(checkpoints) == ["step-00000020", "step-00000030.bad"]


def test_no_flipped_bit_goes_unnoticed(checkpoints):
    rng = random.Random(0)
    folder = checkpoints.path / "step-00000030"
    for _ in range(60):
        file = rng.choice(sorted(folder.iterdir()))
        content = bytearray(file.read_bytes())
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        kept, _ = file.read_bytes(), file.write_bytes(content)
        try:
            found = checkpoints.newest()
        except RunError:
            found = None
        if found is not None and found.name == folder.name:
            # Some bits of JSON have no meaning, such as white space.
            assert file.name == "manifest.json"
            assert load_checkpoint(found)[1] == progress(30)
        elif not folder.exists():
            (checkpoints.path / "step-00000030.bad").rename(folder)
        file.write_bytes(kept)


def test_missing_files_are_noticed(checkpoints):
    (checkpoints.path / "step-00000030" / "manifest.json").unlink()
    (checkpoints.path / "step-00000020" / "state.keras").unlink()
    with pytest.raises(RunError, match="All 2 checkpoints .*damaged"):
        checkpoints.newest()
    assert names(checkpoints) == ["step-00000020.bad", "step-00000030.bad"]


def test_pruning_counts_valid_checkpoints_only(checkpoints, model):
    (checkpoints.path / "step-00000030" / "state.keras").write_bytes(b"")
    checkpoints.save(model, progress(40), 40)
    assert "step-00000020" in names(checkpoints)


def test_foreign_files_stay(checkpoints, model):
    (checkpoints.path / "step-notes").mkdir()
    (checkpoints.path / "notes.txt").write_text("mine")
    checkpoints.save(model, progress(40), 40)
    checkpoints.sweep()
    assert {"notes.txt", "step-notes"} <= set(names(checkpoints))


def test_what_killed_saves_left_is_swept(checkpoints):
    shutil.copytree(
        checkpoints.path / "step-00000030", checkpoints.path / ".saving-00000040-1"
    )
    assert checkpoints.newest().name == "step-00000030"
    checkpoints.sweep()
    assert ".saving-00000040-1" not in names(checkpoints)


def test_another_recipe_is_refused(checkpoints):
    with pytest.raises(RunError, match="step-.*recipe.json"):
        Checkpoints(checkpoints.path, "other").newest()


def test_a_failed_save_leaves_the_others(checkpoints, model, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("keras_aae.runs.checkpoints.write_json", full)
    with pytest.raises(OSError, match="No space"):
        checkpoints.save(model, progress(40), 40)
    monkeypatch.undo()
    assert names(checkpoints) == ["step-00000020", "step-00000030"]
    checkpoints.save(model, progress(40), 40)
    assert checkpoints.newest().name == "step-00000040"


def test_weights_that_are_not_finite_are_never_saved(checkpoints):
    broken = small_model("vae")
    broken.trainable_variables[0].assign(broken.trainable_variables[0] * np.nan)
    with pytest.raises(DivergedError, match="no longer finite"):
        checkpoints.save(broken, progress(50), 50)
    assert checkpoints.newest().name == "step-00000030"


def test_saving_keeps_its_cost_low(tmp_path, model):
    made = Checkpoints(tmp_path / "checkpoints", "recipe")
    assert not made.due
    made.save(model, progress(1), 1)
    assert not made.due and made._interval >= 10


def test_a_checkpoint_of_a_newer_version_is_left_as_it_is(checkpoints):
    manifest = checkpoints.path / "step-00000030" / "manifest.json"
    content = json.loads(manifest.read_text()) | {"format": 2, "more": "to know"}
    content["sha256"] = _digest(content)
    manifest.write_text(json.dumps(content))
    with pytest.raises(RunError, match="has format 2. Expected at most 1"):
        checkpoints.newest()
    assert names(checkpoints) == ["step-00000020", "step-00000030"]


def test_what_cannot_be_read_now_is_not_set_aside(checkpoints, monkeypatch):
    def failing(path):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("keras_aae.runs.checkpoints.sha256", failing)
    with pytest.raises(RunError, match="Cannot read checkpoint.*Make it readable"):
        checkpoints.newest()
    monkeypatch.undo()
    assert checkpoints.newest().name == "step-00000030"


def test_half_of_a_pruned_checkpoint_is_swept(checkpoints, model, monkeypatch):
    monkeypatch.setattr(shutil, "rmtree", lambda path, **options: None)
    checkpoints.save(model, progress(40), 40)
    monkeypatch.undo()
    kept = ["step-00000030", "step-00000040"]
    assert len(names(checkpoints)) > 2
    checkpoints.sweep()
    assert names(checkpoints) == kept
