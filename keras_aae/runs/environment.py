"""Environment of a run, as far as results can depend on it."""

import os
import platform
from importlib import metadata
from typing import Any

PACKAGES = ("keras-aae", "keras", "tensorflow", "jax", "jaxlib", "torch", "numpy")
FLAGS = (
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "TF_DETERMINISTIC_OPS",
    "OMP_NUM_THREADS",
    "XLA_FLAGS",
)
# A change of one of these can change the last bits of results.
BITS = ("packages", "flags", "engine", "device", "execution", "machine", "cpus")


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def describe_environment(engine: str, device: str, execution: str) -> dict[str, Any]:
    """Return versions, engine, device and flags that can affect results."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "machine": platform.machine(),
        "cpus": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "engine": engine,
        "device": device,
        "execution": execution,
        "packages": {p: v for p in PACKAGES if (v := _version(p))},
        "flags": {flag: os.environ.get(flag) for flag in FLAGS},
    }


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return differences of environments that can change the last bits of results."""
    changes = []
    for key in BITS:
        if before.get(key) != now.get(key):
            changes.append(f"{key}: {before.get(key)} then, {now.get(key)} now")
    return changes
