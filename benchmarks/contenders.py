"""Tables of what is measured, read by the parent process and the workers."""

import importlib.util
from dataclasses import dataclass, field

OURS = "ours, tensorflow"
OURS_JAX = "ours, jax"
OURS_JAX_STEPS = "ours, jax, single jitted steps"
OURS_DIAGNOSTICS = "ours, tensorflow, with diagnostics"
FIT = "stock fit, tensorflow"
SCAN = "hand-written jax.lax.scan"
TORCH_LOOP = "plain PyTorch loop"
CODE_CALLS = {"encode": "encode, ours", "decode": "decode, ours"}
PREDICT_SIZES = (128, 256, 512, 1024, 2048, 4096)
# Name -> batch size of `predict` by the label of the call.
PREDICT_CALLS = {
    name: {f"{name}, predict {size}": size for size in PREDICT_SIZES}
    for name in CODE_CALLS
}
FLOORS = tuple(f"products alone, {engine}" for engine in ("numpy", "jax", "tensorflow"))

# XLA convolutions in a CPU loop take minutes, so a few rounds must do.
HOPELESS_ROUNDS = 2


@dataclass(frozen=True)
class Contender:
    """Measurement made by one worker process.

    Args:
        where: "module:function"; function(images, **options) returns turns, a dict of
            label to callable, and info, which is shown in the report.
        package: Name of the package it needs.
        options: Keyword arguments of the function.
        hopeless: Whether it is known to be very slow; it then takes part in few rounds,
            and in none with --quick.
    """

    where: str
    package: str
    options: dict = field(default_factory=dict)
    hopeless: bool = False

    @property
    def installed(self) -> bool:
        """Return whether its package is installed."""
        return importlib.util.find_spec(self.package) is not None

    @property
    def backend(self) -> str:
        """Keras backend of the worker; NumPy uses TensorFlow's."""
        return "tensorflow" if self.package == "numpy" else self.package


def _ours(package, recipe, hopeless=False, **options) -> Contender:
    options = {"recipe": recipe, **options}
    return Contender("benchmarks.ours:epochs", package, options, hopeless)


def _fit(recipe) -> Contender:
    return Contender("benchmarks.ours:stock_fit", "tensorflow", {"recipe": recipe})


DENSE = {
    OURS: _ours("tensorflow", "dense"),
    OURS_JAX: _ours("jax", "dense"),
    "ours, torch": _ours("torch", "dense"),
    FIT: _fit("dense"),
    SCAN: Contender("benchmarks.jax_vae:epochs", "jax"),
    TORCH_LOOP: Contender("benchmarks.torch_vae:epochs", "torch"),
    FLOORS[0]: Contender("benchmarks.floor:numpy_products", "numpy"),
    FLOORS[1]: Contender("benchmarks.floor:jax_products", "jax"),
    FLOORS[2]: Contender("benchmarks.floor:tensorflow_products", "tensorflow"),
}

CONV = {
    OURS: _ours("tensorflow", "conv"),
    OURS_JAX: _ours("jax", "conv"),
    "ours, torch": _ours("torch", "conv"),
    TORCH_LOOP: Contender("benchmarks.torch_vae:epochs", "torch", {"network": "conv"}),
    OURS_JAX_STEPS: _ours("jax", "conv", execution="steps"),
    "ours, tensorflow, whole chunk in XLA": _ours(
        "tensorflow", "conv", hopeless=True, execution="xla"
    ),
    "ours, jax, whole chunk in XLA": _ours(
        "jax", "conv", hopeless=True, execution="xla"
    ),
}

AAE = {
    OURS: _ours("tensorflow", "aae"),
    OURS_JAX: _ours("jax", "aae"),
    SCAN: Contender("benchmarks.jax_aae:epochs", "jax"),
    TORCH_LOOP: Contender("benchmarks.torch_aae:epochs", "torch"),
    OURS_DIAGNOSTICS: _ours("tensorflow", "aae", diagnostics=True),
}

SEN = {
    OURS: _ours("tensorflow", "sen"),
    OURS_JAX: _ours("jax", "sen"),
    "ours, torch": _ours("torch", "sen"),
    FIT: _fit("sen"),
    TORCH_LOOP: Contender("benchmarks.torch_sen:epochs", "torch"),
}

CODES = {"codes": Contender("benchmarks.codes:coding", "tensorflow")}

MEMORY = Contender("benchmarks.cost:memory", "tensorflow")
CHECKPOINTS = Contender("benchmarks.cost:checkpoints", "tensorflow")

GROUPS = {
    "dense": DENSE,
    "conv": CONV,
    "aae": AAE,
    "sen": SEN,
    "codes": CODES,
    "cost": {"memory": MEMORY, "checkpoints": CHECKPOINTS},
}
