"""Self-contained HTML report of a run."""

import base64
import html
import shlex
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Any

from keras_aae.errors import RunError
from keras_aae.evaluation import describe
from keras_aae.figures.menu import file_name
from keras_aae.files import write_text
from keras_aae.publishing import formats
from keras_aae.publishing.figure_file import FigureFile
from keras_aae.publishing.source import DRAWN, Source, draw_run, evaluate_source
from keras_aae.recipe import Recipe, training_words
from keras_aae.registry import FIGURES, MODELS
from keras_aae.runs.folder import RunFolder
from keras_aae.training.build import complete_options

TYPES = {".png": "image/png", ".gif": "image/gif"}
# The policy lets the page neither load files nor run scripts, whatever the text is.
PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
style-src 'unsafe-inline'">
<title>$title</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff;
       max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ccc; }
table { border-collapse: collapse; } td, th { padding: .2rem 1rem .2rem 0;
       text-align: left; vertical-align: top; border-bottom: 1px solid #eee; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
code, pre { background: #f4f4f4; } pre { padding: .7rem; overflow-x: auto; }
figure { margin: 1.5rem 0; } img { max-width: 100%; } figcaption { color: #555; }
.note { background: #fff3c4; padding: .5rem .8rem; }
</style>
</head>
<body>
$body
</body>
</html>
""")


def write_report(source: Source, out: str | Path | None = None) -> Path:
    """Write the report of a run: metrics, figures, recipe and the command to repeat it.

    Missing default figures and metrics are made first.

    Args:
        source: Source of a run folder.
        out: Path of the file; None for RUN/report.html.

    Returns:
        Path of the file.

    Raises:
        RunError: if the source is a file without a run, or the report cannot be
            written.
    """
    run = source.require_run()
    out = run.path / "report.html" if out is None else Path(out)
    text = report(source, run.metrics or evaluate_source(source))
    try:
        write_text(out, text)
    except OSError as error:
        raise RunError(f"Cannot write {str(out)!r}: {error.strerror}.") from error
    return out


def report(source: Source, metrics: dict[str, float]) -> str:
    """Return the report as HTML.

    Args:
        source: Source of a run folder.
        metrics: Metrics of the run.

    Raises:
        RunError: if the source is a file without a run.
    """
    run = source.require_run()
    recipe = run.recipe
    command = f"<pre>{_text(_command(recipe))}</pre>"
    parts = [
        f"<h1>{_text(recipe.name)}</h1>",
        f"<p>{_text(MODELS[recipe.model][1])}, trained on {_text(run.data['name'])}: "
        f"{len(run.history)} epochs of {run.data['train']:,} images.</p>",
        *[f'<p class="note">{_text(run.data["note"])}</p>'] * bool(run.data["note"]),
        *_section("Metrics", _metrics(metrics)),
        *_section("Figures", *_figures(source, run)),
        *_section("Recipe", _values(_flat(recipe))),
        *_section("Command to reproduce the run", command),
        *_section("Environment", _values(_plain(run.environment))),
        *_section("Data", _values(_plain(run.data))),
        *_section("Last epoch", _values((run.history or [{}])[-1])),
    ]
    title = _text(f"{recipe.name} on {run.data['name']}")
    return PAGE.substitute(title=title, body="\n".join(parts))


def _section(title: str, *parts: str) -> list[str]:
    return [f"<h2>{title}</h2>", *parts] if any(parts) else []


def _metrics(metrics: dict[str, float]) -> str:
    return _table(
        f'<td><code>{_text(name)}</code></td><td class="number">{formats.number(value)}'
        f"</td><td>{_text(describe(name))}</td>"
        for name, value in metrics.items()
    )


def _values(values: dict[str, Any]) -> str:
    return _table(
        f"<td><code>{_text(name)}</code></td><td>{_text(value)}</td>"
        for name, value in values.items()
    )


def _table(rows: Iterable[str]) -> str:
    lines = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table>{lines}</table>" if lines else ""


def _figures(source: Source, run: RunFolder) -> list[str]:
    """Draw missing default figures; return all figures in the run's folder."""
    folder = run.figures_path
    draw_run(source, [k for k in DRAWN if not (folder / file_name(k)).exists()])
    usual = [folder / file_name(kind) for kind in DRAWN]
    others = sorted(set(folder.glob("*")) - set(usual))
    paths = [*usual, *others]
    return [_figure(p) for p in paths if p.suffix in TYPES and p.is_file()]


def _figure(path: Path) -> str:
    data = base64.b64encode(path.read_bytes()).decode()
    name = path.stem
    caption = FigureFile(name).caption if name in FIGURES else name
    return (
        f'<figure><img src="data:{TYPES[path.suffix]};base64,{data}" '
        f'alt="{_text(name)}"><figcaption>{_text(caption)}</figcaption></figure>'
    )


def _flat(recipe: Recipe) -> dict[str, Any]:
    values = recipe.to_dict()
    return values | values.pop("options")


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with nested dicts as text, without empty values."""
    return {
        name: ", ".join(f"{k} {v}" for k, v in value.items() if v is not None)
        if isinstance(value, dict)
        else value
        for name, value in values.items()
        if value not in (None, "", {})
    }


def _command(recipe: Recipe) -> str:
    """Return the `train` command with all values that are not defaults."""
    usual = complete_options(recipe.model, {}) | Recipe(recipe.model).to_dict()
    words = training_words(recipe, usual)
    return shlex.join(["keras-aae", *words])


def _text(value: object) -> str:
    return html.escape(str(value))
