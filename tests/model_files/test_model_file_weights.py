"""Hostile weights: HDF5 files with links, or with more declared than stored data."""

import h5py
import numpy as np
import pytest

from keras_aae.errors import ModelFileError
from keras_aae.model_files.inspection import inspect_model
from keras_aae.model_files.saving import load_model

KERNEL = "encoder/layers/dense/vars/0"
PLAIN = "not a plain array of numbers"


def replace(file, **arguments):
    del file[KERNEL]
    return file.create_dataset(KERNEL, **arguments)


def soft_link(file):
    del file[KERNEL]
    file[KERNEL] = h5py.SoftLink("/decoder/layers/dense/vars/0")


def external_link(file):
    del file[KERNEL]
    file[KERNEL] = h5py.ExternalLink("/etc/passwd", "/")


def link_elsewhere(file):
    file["unused"] = h5py.ExternalLink("/etc/passwd", "/")


def external_storage(file):
    replace(file, shape=(64, 16), dtype="f4", external=[("/etc/passwd", 0, 4096)])


def virtual(file):
    layout = h5py.VirtualLayout((64, 16), "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (64, 16))
    del file[KERNEL]
    file.create_virtual_dataset(KERNEL, layout)


def compressed(file):
    replace(file, data=np.zeros((64, 16), "f4"), compression="gzip")


def chunked(file):
    replace(file, data=np.zeros((64, 16), "f4"), chunks=(8, 8))


def shape_bomb(file):
    # Below the 4 GiB that Keras itself looks for; nothing is stored.
    replace(file, shape=(2**14, 2**15), dtype="f4", chunks=True, compression="gzip")


def contiguous_shape_bomb(file):
    replace(file, shape=(2**14, 2**15), dtype="f4")


def text(file):
    replace(file, data=np.array([b"text"] * 4))


def variable_length(file):
    replace(file, shape=(4,), dtype=h5py.string_dtype())


def references(file):
    replace(file, data=np.array([file.ref], h5py.ref_dtype), dtype=h5py.ref_dtype)


def complex_numbers(file):
    replace(file, data=np.zeros((64, 16), "c8"))


def compound(file):
    replace(file, data=np.zeros(4, [("a", "f4"), ("b", "O", 0)][:1]))


def null(file):
    replace(file, data=h5py.Empty("f4"))


def attribute(file):
    file[KERNEL].attrs["dtype"] = "bfloat16"


def named_type(file):
    file["type"] = np.dtype("f4")


def nan(file):
    file[KERNEL][3, 3] = np.nan


def infinite(file):
    file[KERNEL][3, 3] = -np.inf


def cycle(file):
    file["encoder/again"] = file["/"]


def twice(file):
    file["again"] = file[KERNEL]


HOSTILE = {
    soft_link: "link at /encoder/layers/dense/vars/0",
    external_link: "a link at",
    link_elsewhere: "link at /unused",
    external_storage: PLAIN,
    virtual: PLAIN,
    compressed: PLAIN,
    chunked: PLAIN,
    shape_bomb: PLAIN,
    contiguous_shape_bomb: "declare more data",
    text: PLAIN,
    variable_length: PLAIN,
    references: PLAIN,
    complex_numbers: PLAIN,
    compound: PLAIN,
    null: PLAIN,
    attribute: PLAIN,
    named_type: PLAIN,
    nan: "not finite at /encoder/layers/dense/vars/0",
    infinite: "not finite at",
    cycle: "contain .* twice",
    twice: "contain .* twice",
}


@pytest.mark.parametrize("change", HOSTILE, ids=lambda change: change.__name__)
def test_hostile_weights(forge, change):
    path = forge(weights=change)
    with pytest.raises(ModelFileError, match=HOSTILE[change]):
        load_model(path)
    report = inspect_model(path)
    assert not report["accepted"]
    assert report["reason"]


@pytest.mark.parametrize("content", [b"", b"no HDF5", bytes(5000)])
def test_weights_that_are_no_hdf5(forge, content):
    with pytest.raises(ModelFileError, match="weights of the model file are damaged"):
        load_model(forge(model__weights__h5=content))


def other_shape(file):
    replace(file, data=np.zeros((16, 64), "f4"))


def missing(file):
    del file["decoder/layers/dense"]


def no_random_state(file):
    del file["vars/seed_0"]


@pytest.mark.parametrize("change", [other_shape, missing, no_random_state])
def test_weights_that_do_not_fit(forge, change):
    with pytest.raises(ModelFileError, match="Keras cannot load the model file"):
        load_model(forge(weights=change))


OPTIMIZER = "optimizer/optimizers/adam/vars"


def no_optimizer(file):
    del file["optimizer"]


def half_an_optimizer(file):
    del file[f"{OPTIMIZER}/5"]


def optimizer_of_other_shape(file):
    del file[f"{OPTIMIZER}/2"]
    file[f"{OPTIMIZER}/2"] = np.zeros((3, 3), "f4")


@pytest.mark.parametrize(
    "change", [no_optimizer, half_an_optimizer, optimizer_of_other_shape]
)
def test_incomplete_optimizer_state(forge, change):
    path = forge(weights=change)
    with pytest.raises(ModelFileError, match="Keras cannot load the model file"):
        load_model(path, compile=True)
    assert not load_model(path).compiled


@pytest.mark.parametrize("key", [None, "optimizer"])
def test_no_optimizer_in_the_config(forge, key):
    def change(config):
        if key:
            config["compile_config"] = {"loss": "mse", "optimizer": "adam"}
        else:
            config["compile_config"] = {}

    path = forge(config=change)
    with pytest.raises(ModelFileError, match="no training state.*compile=False"):
        load_model(path, compile=True)
    load_model(path)
