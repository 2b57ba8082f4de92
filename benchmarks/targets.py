"""Performance targets of keras_aae, each with the measured value."""

from dataclasses import dataclass
from functools import partial

from benchmarks import contenders as c
from benchmarks.arithmetic import fastest, ratio


@dataclass(frozen=True)
class Target:
    """Target of at most, or at least, `bound`."""

    text: str
    measured: float | None
    bound: float
    at_least: bool = False
    unit: str = ""

    @property
    def required(self) -> str:
        """Bound in words."""
        return f"{'at least' if self.at_least else 'at most'} {self.bound:g}{self.unit}"

    @property
    def verdict(self) -> str:
        """Verdict: "yes", "no" or "not measured"."""
        if self.measured is None:
            return "not measured"
        if self.at_least:
            return "yes" if self.measured >= self.bound else "no"
        return "yes" if self.measured <= self.bound else "no"


def _median_ratio(readings, group, label, base):
    if group not in readings:
        return None
    found = ratio(readings[group].rounds, label, base)
    return found and found.median


def _best_predict(readings, name):
    """Return the time of `predict` at its best batch size relative to ours."""
    if "codes" not in readings:
        return None
    best = fastest(readings["codes"].rounds, c.PREDICT_CALLS[name])
    return best and _median_ratio(readings, "codes", best, c.CODE_CALLS[name])


def targets(readings: dict, facts: dict) -> list[Target]:
    """Return all targets with the measured values.

    Args:
        readings: Dict of group to `Readings`.
        facts: Dict with any of `megabytes`, `checkpoint_share`, `help_seconds` and
            `help_keras`.
    """
    dense, conv, aae, sen = (
        partial(_median_ratio, readings, group)
        for group in ("dense", "conv", "aae", "sen")
    )
    share = facts.get("checkpoint_share")
    return [
        Target(
            "dense: ours on tensorflow / hand-written JAX", dense(c.OURS, c.SCAN), 1.1
        ),
        Target("dense: ours on jax / hand-written JAX", dense(c.OURS_JAX, c.SCAN), 1.1),
        Target("dense: stock fit / ours", dense(c.FIT, c.OURS), 2, True),
        Target("dense: PyTorch loop / ours", dense(c.TORCH_LOOP, c.OURS), 2.3, True),
        Target("conv: PyTorch loop / ours", conv(c.TORCH_LOOP, c.OURS), 1, True),
        # The same execution twice: a deviation from 1 is noise.
        Target(
            "conv: ours on jax / its single jitted steps",
            conv(c.OURS_JAX, c.OURS_JAX_STEPS),
            1.1,
        ),
        Target("aae: ours on tensorflow / hand-written JAX", aae(c.OURS, c.SCAN), 1.1),
        Target("aae: ours on jax / hand-written JAX", aae(c.OURS_JAX, c.SCAN), 1.1),
        Target("sen: stock fit / ours", sen(c.FIT, c.OURS), 1, True),
        Target("sen: PyTorch loop / ours", sen(c.TORCH_LOOP, c.OURS), 1, True),
        *(
            Target(
                f"codes: best predict / ours, {name}",
                _best_predict(readings, name),
                0.9,
                True,
            )
            for name in c.CODE_CALLS
        ),
        Target("peak memory of a training", facts.get("megabytes"), 1500, unit=" MB"),
        Target(
            "checkpoints' share of a training",
            None if share is None else 100 * share,
            2,
            unit=" %",
        ),
        Target("slowest --help", facts.get("help_seconds"), 0.3, unit=" s"),
        Target("commands whose --help imports Keras", facts.get("help_keras"), 0),
    ]
