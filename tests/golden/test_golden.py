import keras
import pytest

from golden import FOLDER, NAMES, metrics, read, recipe_of
from keras_aae.errors import DataError
from keras_aae.evaluation import entry_of, metric_version
from keras_aae.publishing.origin import describe_data, moved_data, moved_number
from keras_aae.publishing.probe import first_images, probe, stand_in_for
from keras_aae.registry import METRICS
from keras_aae.training.build import load_data

FIRST_OF_FAMILY = {recipe_of(name).model: name for name in reversed(NAMES)}

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="probes are made on TensorFlow"
)


def test_every_recipe_has_a_probe_and_no_other():
    found = {path.stem for path in FOLDER.glob("*.json")} - {metrics.FILE.stem}
    assert found == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_computes_what_it_computed(name):
    golden = read(name)
    now = probe(recipe_of(name), stand_in_for(golden["data"]))
    assert moved_number(golden["stand_in"], now) == ""


@pytest.mark.parametrize("name", FIRST_OF_FAMILY.values())
def test_a_family_computes_what_it_computed_on_real_images(name, real_data):
    golden, recipe = read(name), recipe_of(name)
    try:
        dataset = load_data(recipe, real_data)
    except DataError:
        pytest.skip(f"{recipe.dataset} is not in {real_data}")
    assert moved_data(golden["data"], describe_data(dataset)) == ""
    now = probe(recipe, first_images(dataset))
    assert moved_number(golden["images"], now) == ""


@pytest.mark.parametrize("key", metrics.MODELS)
def test_metrics_measure_what_they_measured(key):
    """A changed formula needs a new version in the registry and new golden numbers."""
    golden, now = metrics.read()["metrics"][key], metrics.measure(key)
    assert now == pytest.approx(golden, rel=1e-3, abs=1e-6)


def test_metrics_take_as_many_samples_as_they_took():
    golden = metrics.read()
    with metrics.fewer_samples() as usual:
        assert usual == golden["samples"]
    assert {name: metric_version(name) for name in METRICS} == golden["versions"]
    measured = {entry_of(n) for found in golden["metrics"].values() for n in found}
    assert measured == set(METRICS)
