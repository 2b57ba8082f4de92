"""Tests of hostile configs: objects off the allowlist are refused, and never run."""

import base64
import json
import marshal

import keras
import pytest

from keras_aae.errors import ModelFileError
from keras_aae.model_files.allowlist import ACTIVATIONS, ALLOWED
from keras_aae.model_files.config import check_config
from keras_aae.model_files.inspection import inspect_model
from keras_aae.model_files.saving import load_model

LISTED = "Expected only objects that are safe to load"


def layers_of(config, network="encoder"):
    return config["config"][network]["config"]["layers"]


def dense_of(config):
    return next(layer for layer in layers_of(config) if layer["class_name"] == "Dense")


def keras_object(module, class_name, config, registered_name=None):
    return {
        "module": module,
        "class_name": class_name,
        "config": config,
        "registered_name": registered_name,
    }


def refused(path, match):
    with pytest.raises(ModelFileError, match=match):
        load_model(path)


def lambda_layer(function):
    return keras_object(
        "keras.layers", "Lambda", {"name": "evil", "function": function}
    )


def encode_with_noise(command):
    code = compile(command, "evil", "eval")
    return base64.b64encode(marshal.dumps(code)).decode()


def keras_function(name):
    module, name = name.rsplit(".", 1)
    return keras_object(module, "function", name, name)


def layer(class_name, **config):
    return keras_object("keras.layers", class_name, {"name": "evil", **config})


HOSTILE_LAYERS = {
    "lambda with a Keras function": lambda_layer(
        keras_function("keras.config.set_max_epochs")
    ),
    "lambda with bytecode": lambda_layer(
        {"class_name": "__lambda__", "config": {"code": encode_with_noise("1 / 0")}}
    ),
    "function as a layer": keras_function("keras.config.set_max_epochs"),
    "operation as a layer": keras_object("keras.src.ops.numpy", "Add", {}),
    "os.system": keras_object("os", "function", "system", "system"),
    "subprocess.Popen": keras_object("subprocess", "Popen", {"args": ["true"]}),
    "builtins": keras_object("builtins", "eval", {"source": "1 / 0"}),
    "SavedModel": layer("TFSMLayer", filepath="/tmp/saved_model"),
    "PyTorch module": layer("TorchModuleWrapper", module="AAAA"),
    "vocabulary from a file": layer("StringLookup", vocabulary="/etc/passwd"),
    "text vectorization": layer("TextVectorization", vocabulary="/etc/passwd"),
    "wrapper": layer("TimeDistributed", layer=layer("Dense", units=1)),
    "unknown layer": layer("Evil"),
    "unknown class": keras_object("evil.module", "Evil", {}),
    "class of __main__": keras_object(None, "Evil", {}, "Evil"),
    "other package": keras_object("evil", "VAE", {}, "evil>VAE"),
    "our module without our name": keras_object("keras_aae.models.vae", "VAE", {}),
    "our name, other module": keras_object("evil", "VAE", {}, "keras_aae>VAE"),
    "our name for another class": keras_object(
        "keras_aae.models.vae", "Evil", {}, "keras_aae>VAE"
    ),
    "Keras class under a registered name": keras_object(
        "keras.layers", "Dense", {"units": 1}, "evil>Dense"
    ),
    "private path of a Keras class": keras_object(
        "keras.src.layers.core.lambda_layer", "Lambda", {}
    ),
    "class name that is a list": keras_object("keras.layers", ["Dense"], {}),
    "array": {"class_name": "__numpy__", "config": {"value": [1], "dtype": "object"}},
    "type": {
        "class_name": "__typespec__",
        "spec_name": "TensorSpec",
        "module": "tensorflow",
        "registered_name": None,
        "config": [],
    },
}


@pytest.mark.parametrize("name", HOSTILE_LAYERS)
def test_hostile_layers(forge, name):
    hostile = HOSTILE_LAYERS[name] | {"name": "evil", "inbound_nodes": []}

    def add(config):
        layers_of(config).append(hostile)

    before = keras.config.max_epochs()
    path = forge(config=add)
    refused(path, f"{LISTED}|in a legacy format")
    assert keras.config.max_epochs() == before
    assert not inspect_model(path)["accepted"]


@pytest.mark.parametrize("name", HOSTILE_LAYERS)
@pytest.mark.parametrize(
    "key", ["activation", "kernel_initializer", "kernel_regularizer", "dtype"]
)
def test_hostile_arguments(forge, name, key):
    refused(
        forge(
            config=lambda c: dense_of(c)["config"].update({key: HOSTILE_LAYERS[name]})
        ),
        LISTED,
    )


@pytest.mark.parametrize("place", ["build_config", "inbound_nodes", "shape"])
def test_hostile_objects_elsewhere(forge, place):
    hostile = HOSTILE_LAYERS["lambda with a Keras function"]

    def hide(config):
        dense = dense_of(config)
        if place == "build_config":
            dense["build_config"]["input_shape"] = hostile
        elif place == "inbound_nodes":
            dense["inbound_nodes"][0]["kwargs"]["mask"] = hostile
        else:
            dense["inbound_nodes"][0]["args"][0]["config"]["shape"] = hostile

    refused(forge(config=hide), LISTED)


def test_hostile_objects_in_compile_config(forge, model_file):
    hostile = HOSTILE_LAYERS["lambda with a Keras function"]

    def hide(config):
        optimizers = config["compile_config"]["optimizer"]["config"]["optimizers"]
        optimizers["elbo"] = hostile
        config["config"]["encoder"]["compile_config"] = {"loss": hostile}

    before = keras.config.max_epochs()
    path = forge(config=hide)
    with pytest.raises(ModelFileError, match=LISTED):
        load_model(path, compile=True)
    # Without compile=True the compile config is ignored.
    assert not load_model(path).compiled
    assert keras.config.max_epochs() == before


@pytest.mark.parametrize("place", ["optimizers", "compile_config"])
def test_hostile_networks_among_the_optimizers(forge, place):
    hostile = HOSTILE_LAYERS["lambda with a Keras function"]

    def hide(config):
        group = config["compile_config"]["optimizer"]
        network = config["config"]["encoder"]
        network = network | {"compile_config": {"loss": hostile, "optimizer": hostile}}
        if place == "optimizers":
            group["config"]["optimizers"]["elbo"] = network
        else:
            group["compile_config"] = {"optimizer": network}

    before = keras.config.max_epochs()
    path = forge(config=hide)
    if place == "optimizers":
        with pytest.raises(ModelFileError, match="Functional among its optimizers"):
            load_model(path, compile=True)
    else:
        assert load_model(path, compile=True).compiled
    assert keras.config.max_epochs() == before


def test_compile_config_of_a_network_inside_is_dropped(forge):
    def hide(config):
        config["config"]["encoder"]["compile_config"] = {
            "loss": HOSTILE_LAYERS["array"]
        }

    assert not load_model(forge(config=hide), compile=True).encoder.compiled


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("keras_aae>VAE", "name"),
        ("keras_aae>VAE", "activation"),
        ("set_max_epochs", "activation"),
        ("int8_from_float32", "dtype"),
        ("object", "dtype"),
    ],
)
def test_texts_that_name_objects(forge, text, key):
    refused(
        forge(config=lambda c: dense_of(c)["config"].update({key: text})),
        f"Invalid {key} '{text}'",
    )


def test_quantized_policy(forge):
    def quantize(config):
        dense_of(config)["config"]["dtype"] = keras_object(
            "keras", "DTypePolicy", {"name": "int8_from_float32"}
        )

    refused(forge(config=quantize), "Invalid dtype 'int8_from_float32'")


@pytest.mark.parametrize("key", ["module", "class_name"])
def test_legacy_layers(forge, key):
    refused(forge(config=lambda c: layers_of(c)[1].pop(key) and None), "legacy format")


def test_legacy_connections(forge):
    def change(config):
        dense_of(config)["inbound_nodes"] = [[["flatten", 0, 0]]]

    refused(forge(config=change), "legacy format")


def test_objects_without_config(forge):
    refused(
        forge(config=lambda c: dense_of(c).pop("config") and None),
        "no config for keras.layers.Dense",
    )


@pytest.mark.parametrize(
    "root",
    [
        keras_object("keras.layers", "Dense", {"units": 1}),
        keras_object("keras.optimizers", "Adam", {}),
        keras_object("os", "function", "system"),
        {"class_name": "VAE", "config": {}},
    ],
)
def test_roots_that_are_no_models(forge, root):
    refused(forge(config=lambda c: root), "Expected a model of keras_aae")


@pytest.mark.parametrize(
    ("module", "name", "config"),
    [("priors", "Normal", {"latent_dim": 2}), ("models.other", "Other", {})],
)
def test_our_classes_that_are_no_models(forge, module, name, config):
    root = keras_object(f"keras_aae.{module}", name, config, f"keras_aae>{name}")
    refused(forge(config=lambda c: root), f"{name}. Expected a model|newer version")


def test_file_of_a_newer_version(forge):
    def change(config):
        config["config"]["new_option"] = 1

    refused(
        forge(config=change, metadata__json='{"keras_version": "9.0.0"}'),
        "written by Keras 9.0.0, and this is Keras .*a newer version",
    )


def test_deep_config(forge):
    def nest(config):
        value = []
        for _ in range(300):
            value = [value]
        config["config"]["name"] = value

    refused(forge(config=nest), "nested .*at most 100")


def test_calls_that_multiply(forge):
    def multiply(config):
        network = config["config"]["encoder"]
        for number in range(6):
            node = {"args": [], "kwargs": {}}
            inner = dict(network, name=f"inner_{number}", inbound_nodes=[node] * 9)
            network = keras_object(
                "keras.src.models.functional",
                "Functional",
                {"name": f"outer_{number}", "layers": [inner]},
            )
        config["config"]["encoder"] = network

    refused(forge(config=multiply), "objects. Expected at most 20,000")


def test_many_layers(forge):
    def add(config):
        layers_of(config).extend([layer("ReLU") | {"inbound_nodes": []}] * 20_000)

    refused(forge(config=add), "objects. Expected at most 20,000")


def test_the_list_holds_what_keras_has():
    for module, names in ALLOWED.items():
        if module.startswith("keras.src"):
            continue
        place = keras
        for part in module.split(".")[1:]:
            place = getattr(place, part)
        for name in names:
            assert isinstance(getattr(place, name), type)
    assert all(callable(keras.activations.get(name)) for name in ACTIVATIONS)


def test_what_is_listed_is_as_keras_serializes_it():
    layers = [keras.layers.Dense(2, kernel_regularizer="l2", bias_constraint="non_neg")]
    layers += [keras.layers.PReLU(), keras.layers.SpectralNormalization(layers[0])]
    network = keras.Sequential([keras.Input((3,)), *layers])
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(network)))
    check_config(config)
