"""Hostile files cost little time and memory.

They are loaded in a process of their own: what is measured there is theirs alone, and a
crash of a library would be seen as one. Files that are damaged anywhere are in `faults`.
"""

import json
import subprocess
import sys
import zipfile

from test_model_file_config import HOSTILE_LAYERS
from test_model_file_weights import HOSTILE as HOSTILE_WEIGHTS

from keras_aae.model_files.archive import MAX_BYTES

# Processor time, which does not depend on other load of the machine.
MOST_SECONDS, MOST_MEGABYTES = 2, 500

MEASURE = """
import json, resource, sys, time
from keras_aae.errors import ModelFileError
from keras_aae.model_files.saving import load_model

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

good, *paths = sys.argv[1:]
load_model(good)
for path in paths:
    before, started = peak(), time.process_time()
    try:
        load_model(path)
        message = "loaded"
    except ModelFileError as error:
        message = str(error)
    print(json.dumps([message, time.process_time() - started, peak() - before]))
# Nothing of what was refused is made later.
load_model(good)
"""


def dense(units, name="evil"):
    return {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": {"name": name, "units": units},
        "registered_name": None,
        "build_config": {"input_shape": [None, 2**13]},
        "name": name,
        "inbound_nodes": [],
    }


def encoder_layers(config):
    return config["config"]["encoder"]["config"]["layers"]


def decoder_layers(config):
    return config["config"]["decoder"]["config"]["layers"]


def set_units(units):
    def change(config):
        decoder_layers(config)[1]["config"]["units"] = units

    return change


def wide_layer(config):
    # Each number is allowed, but there are too many weights between the layers.
    hidden, *heads = encoder_layers(config)[2:]
    hidden["config"]["units"] = 2**22
    for head in heads:
        del head["build_config"]


def unconnected(config):
    encoder_layers(config).append(dense(2**16))


def in_an_argument(config):
    layers = [dense(2**16)]
    network = {"name": "evil", "layers": layers}
    decoder_layers(config)[1]["config"]["kernel_initializer"] = {
        "module": "keras",
        "class_name": "Sequential",
        "config": network,
        "registered_name": None,
    }


def image_of(*shape):
    def change(config):
        encoder_layers(config)[0]["config"]["batch_shape"] = [None, *shape]

    return change


def array(value):
    def change(config):
        decoder_layers(config)[1]["config"]["kernel_initializer"] = {
            "module": "keras.initializers",
            "class_name": "Constant",
            "config": {"value": value},
            "registered_name": None,
        }

    return change


BOMBS = {
    "too large": set_units(2_000_000_000),
    "as a float": set_units(2e9),
    "below the cap": set_units(2**24),
    "wide layer": wide_layer,
    "unconnected layer": unconnected,
    "in an argument": in_an_argument,
    "shape": image_of(2**20, 2**20, 3),
    "image": image_of(2**11, 2**11, 3),
    "nested array": array([[[[0]]]] * 300_000),
    "flat array": array([0] * 900_000),
}
# Refused for the sum of their weights; no single number is too large.
ADDED_UP = {"wide layer", "unconnected layer"}


def deep(config):
    value = []
    for level in range(90):
        value = [value, value] if level < 12 else [value]
    config["config"]["name"] = value


def in_the_encoder(layer):
    return lambda config: encoder_layers(config).append(layer)


def hostile_files(forge, folder):
    """Yield (name, path) of files that are refused."""
    changes = {name: {"config": change} for name, change in BOMBS.items()}
    changes |= {
        name: {"config": in_the_encoder(layer)}
        for name, layer in HOSTILE_LAYERS.items()
    }
    changes |= {c.__name__: {"weights": c} for c in HOSTILE_WEIGHTS}
    changes |= {
        "many brackets": {"config__json": "[" * 2**22},
        "deep config": {"config": deep},
        "no HDF5": {"model__weights__h5": bytes(2**24)},
    }
    for name, change in changes.items():
        yield name, forge(**change).rename(folder / f"{name}.keras")
    bomb = folder / "deflate bomb.keras"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in MAX_BYTES:
            archive.writestr(name, bytes(2**26))
    yield bomb.stem, bomb


def test_hostile_files_cost_little(forge, model_file, tmp_path):
    files = dict(hostile_files(forge, tmp_path))
    result = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", MEASURE, model_file]
        + list(files.values()),
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    for name, (message, seconds, megabytes) in zip(files, lines, strict=True):
        expected = (
            "weights, but the file has only" if name in ADDED_UP else "model file"
        )
        assert expected in message, (name, message)
        assert seconds < MOST_SECONDS, (name, seconds)
        assert megabytes < MOST_MEGABYTES, (name, megabytes)
