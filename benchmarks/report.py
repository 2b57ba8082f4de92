"""Report with the results as Markdown tables."""

from benchmarks import contenders as c
from benchmarks.arithmetic import fastest, ratio, seconds
from benchmarks.contenders import CODE_CALLS, PREDICT_CALLS
from keras_aae.publishing.markdown import table


def head(machine: dict, images: str, rounds: int) -> str:
    """Return the heading: machine, versions, images and rounds."""
    lines = [f"- {name}: {value}" for name, value in machine.items()]
    lines += [f"- images: {images}", f"- rounds: {rounds}"]
    return "# Benchmark of keras_aae\n\n" + "\n".join(lines)


def target_section(targets) -> str:
    """Return the table of required and measured values."""
    rows = [
        (
            t.text,
            t.required,
            "" if t.measured is None else f"{t.measured:.3g}{t.unit}",
            t.verdict,
        )
        for t in targets
    ]
    header = ("target", "required", "measured", "reached")
    return "## Targets\n\n" + table(header, rows)


def epoch_section(title, readings, labels, count) -> str:
    """Return the table of each contender's seconds per epoch and ratio to ours."""
    rows = [_epoch_row(readings, label, count) for label in labels]
    header = (
        "contender", "seconds", "min..max", "processor seconds", "images/s",
        "x ours (min..max)", "parameters", "how",
    )  # fmt: skip
    text = f"## {title}\n\n" + table(header, [row for row in rows if row])
    floor = fastest(readings.rounds, c.FLOORS)
    if floor and (over := ratio(readings.rounds, c.OURS, floor)):
        text += (
            f"\n\nThe floor is {floor!r}: ours takes {over.median:.2f} times as long "
            f"({over.low:.2f}..{over.high:.2f})."
        )
    return text + _missing(readings)


def _epoch_row(readings, label, count):
    spread = seconds(readings.rounds, label)
    if spread is None:
        return None
    info = readings.info[label]
    return (
        label,
        f"{spread.median:.3f}",
        f"{spread.low:.3f}..{spread.high:.3f}",
        f"{seconds(readings.cpu, label).median:.3f}",
        f"{count / spread.median:,.0f}",
        _ratio_text(readings.rounds, label, c.OURS),
        f"{info['parameters']:,}",
        info["execution"],
    )


def _ratio_text(rounds, label, base):
    spread = ratio(rounds, label, base)
    if spread is None:
        return ""
    return f"{spread.median:.2f} ({spread.low:.2f}..{spread.high:.2f})"


def _missing(readings):
    lines = [f"- {label}: {why}" for label, why in readings.missing.items()]
    return "\n\nNot measured:\n\n" + "\n".join(lines) if lines else ""


def codes_section(readings, count) -> str:
    """Return the table of encoding and decoding, ours and by `predict`."""
    rows = []
    for name, ours in CODE_CALLS.items():
        best = fastest(readings.rounds, PREDICT_CALLS[name])
        for label in (ours, *([best] if best else [])):
            spread = seconds(readings.rounds, label)
            if spread:
                rows.append(
                    (
                        label,
                        f"{count / spread.median:,.0f}",
                        f"{spread.low:.3f}..{spread.high:.3f}",
                        _ratio_text(readings.rounds, label, ours),
                    )
                )
    header = ("call", "images/s", "seconds, min..max", "x ours (min..max)")
    text = f"## Encode and decode, {count:,} images\n\n" + table(header, rows)
    return text + _missing(readings)


def cost_section(readings) -> str:
    """Return the table of peak memory and the cost of checkpoints."""
    rows = []
    if memory := readings.info.get("memory"):
        rows.append(("peak memory, two epochs", f"{memory['megabytes']:,.0f} MB"))
    if saves := readings.info.get("checkpoints"):
        each = ", ".join(f"{s:.3f}" for s in saves["saves"])
        share = f"{100 * saves['share']:.2f} % of {saves['total']:.1f} s"
        rows += [
            ("checkpoints saved, seconds each", each),
            ("their share of the time", share),
        ]
    text = "## Cost of a training\n\n" + table(("what", "measured"), rows)
    return text + _missing(readings)


def help_section(found: dict) -> str:
    """Return the table of seconds of `--help` of every command."""
    rows = [
        (f"`keras-aae {name}`".replace(" `", "`"), f"{r['seconds']:.3f}", r["keras"])
        for name, r in found.items()
    ]
    header = ("--help of", "median seconds of 5", "imports Keras")
    return "## Command line\n\n" + table(header, rows)
