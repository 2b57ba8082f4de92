"""Hostile files cost little time and memory, and damaged ones never crash.

These run in processes of their own: what is measured there is theirs alone, and a crash
of a library would be seen as one.
"""

import json
import os
import subprocess
import sys

FUZZ = int(os.environ.get("KERAS_AAE_FUZZ", "60"))

MEASURE = """
import json, resource, sys, time
from keras_aae.errors import ModelFileError
from keras_aae.runs.model_file import load_model

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

good, *paths = sys.argv[1:]
load_model(good)
for path in paths:
    before, started = peak(), time.perf_counter()
    try:
        load_model(path)
        message = "loaded"
    except ModelFileError as error:
        message = str(error)
    print(json.dumps([message, time.perf_counter() - started, peak() - before]))
# Nothing of what was refused is made later.
load_model(good)
"""


def run(script, *arguments):
    return subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", script, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
    )


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
    # Every number is allowed by itself; the weights between the layers are too many.
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
# Refused for the sum of their weights; nothing in them is large by itself.
ADDED_UP = {"wide layer", "unconnected layer"}


def test_bombs_cost_little(forge, model_file, tmp_path):
    paths = []
    for name, change in BOMBS.items():
        paths.append(tmp_path / f"{name}.keras")
        forge(config=change).rename(paths[-1])
    result = run(MEASURE, str(model_file), *map(str, paths))
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    for name, (message, seconds, megabytes) in zip(BOMBS, lines, strict=True):
        expected = "but the file holds only" if name in ADDED_UP else "model file"
        assert expected in message, name
        assert seconds < 60, name
        assert megabytes < 300, name


FUZZER = """
import json, struct, sys, zipfile
import numpy as np
from keras_aae.errors import ModelFileError
from keras_aae.runs.model_file import load_model

path, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
codes = np.linspace(-1, 1, 8).reshape(4, 2)
expected = load_model(path).decode(codes)
with zipfile.ZipFile(path) as archive:
    members = {name: archive.read(name) for name in archive.namelist()}

def mutated(content, random):
    content = bytearray(content)
    for _ in range(random.integers(1, 4)):
        place = int(random.integers(len(content)))
        kind = random.integers(4)
        if kind == 0:
            content[place] ^= 1 << int(random.integers(8))
        elif kind == 1:
            content[place] = int(random.integers(256))
        elif kind == 2:
            del content[place : place + int(random.integers(1, 50))]
        else:
            start = int(random.integers(len(content)))
            content[place:place] = content[start : start + 20]
    return bytes(content)

def write(file, random):
    kind = random.integers(3)
    if kind == 0:
        with open(path, "rb") as original, open(file, "wb") as changed:
            changed.write(mutated(original.read(), random))
        return
    # The checksums are right; what is inside is not.
    target = ("config.json", "model.weights.h5")[kind - 1]
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            if name == target:
                # The structure of the HDF5 file is more worth a try than its numbers.
                part = content if kind == 1 or random.integers(2) else content[:4096]
                content = mutated(part, random) + content[len(part):]
            archive.writestr(name, content)

outcomes = {"loaded": 0, "refused": 0, "other": 0}
for seed in range(count):
    file = f"{folder}/fuzz.keras"
    write(file, np.random.default_rng(seed))
    print("seed", seed, file=sys.stderr, flush=True)
    try:
        decoded = load_model(file).decode(codes)
    except ModelFileError:
        outcomes["refused"] += 1
        continue
    # A number may be changed where checksums are made to fit; nothing else may.
    assert decoded.shape[0] == len(codes) and np.all(np.isfinite(decoded)), seed
    outcomes["loaded" if np.array_equal(decoded, expected) else "other"] += 1
print(json.dumps(outcomes))
"""


def test_mutated_files_are_refused_or_load(model_file, tmp_path):
    result = run(FUZZER, str(model_file), str(tmp_path), str(FUZZ))
    assert result.returncode == 0, result.stderr[-2000:]
    outcomes = json.loads(result.stdout)
    assert sum(outcomes.values()) == FUZZ
    assert outcomes["refused"] > FUZZ / 4
