"""Description of the machine and the versions for the report."""

import os
import platform
from datetime import date
from importlib import metadata
from pathlib import Path

BUSY_LOAD = 0.5
PACKAGES = ("keras-aae", "keras", "tensorflow", "jax", "torch", "numpy")


def describe() -> dict[str, str]:
    """Return a dict of facts about the machine and the versions."""
    return {
        "date": date.today().isoformat(),
        "processor": f"{_processor()}, {_cores()} cores",
        "memory": f"{_memory():.0f} GB",
        "load before": _load(),
        "system": f"{platform.platform()}, Python {platform.python_version()}",
        "versions": ", ".join(f"{p} {v}" for p in PACKAGES if (v := _version(p))),
    }


def _processor():
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _load():
    loads = os.getloadavg()
    text = ", ".join(f"{load:.2f}" for load in loads)
    # PyTorch's threads spin while they wait for each other.
    busy = " (busy: PyTorch's readings are unreliable)" if loads[0] > BUSY_LOAD else ""
    return text + busy


def _cores():
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def _memory():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _version(package):
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
