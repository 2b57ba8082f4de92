"""One page of HTML about a run, which needs no other file and no network."""

import base64
import html
import shlex
from pathlib import Path

from keras_aae.errors import RunError
from keras_aae.evaluation import describe
from keras_aae.figures.menu import file_name
from keras_aae.files import write_text
from keras_aae.publishing.source import DRAWN, Source, draw_run, evaluate_source
from keras_aae.recipe import Recipe, training_words
from keras_aae.registry import FIGURES, MODELS
from keras_aae.training.build import complete_options

TYPES = {".png": "image/png", ".gif": "image/gif"}
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff;
       max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ccc; }
table { border-collapse: collapse; } td, th { padding: .2rem 1rem .2rem 0;
       text-align: left; vertical-align: top; border-bottom: 1px solid #eee; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
code, pre { background: #f4f4f4; } pre { padding: .7rem; overflow-x: auto; }
figure { margin: 1.5rem 0; } img { max-width: 100%; } figcaption { color: #555; }
.note { background: #fff3c4; padding: .5rem .8rem; }
"""


def write_report(source: Source, out=None) -> Path:
    """Write the page of a run: recipe, numbers, curves, pictures, how to repeat it.

    What is missing of the run's usual figures and numbers is made.

    Args:
        source: Of a run folder.
        out: The file; None is RUN/report.html.

    Raises:
        RunError: the source is a file without a run, or the page cannot be written.
    """
    if source.run is None:
        raise RunError(
            "A report is of a run, and a .keras file says neither how it was trained nor "
            "on what. Name a run folder."
        )
    out = source.run.path / "report.html" if out is None else Path(out)
    text = report(source, source.run.metrics or evaluate_source(source))
    try:
        write_text(out, text)
    except OSError as error:
        raise RunError(f"Cannot write {str(out)!r}: {error.strerror}.") from error
    return out


def report(source: Source, metrics: dict[str, float]) -> str:
    """The page as text."""
    run, recipe = source.run, source.run.recipe
    parts = [
        f"<h1>{_text(recipe.name)}</h1>",
        f"<p>{_text(MODELS[recipe.model][1])}, trained on {_text(run.data['name'])}: "
        f"{len(run.history)} epochs of {run.data['train']:,} images.</p>",
        _note(run.data["note"]),
        *_section("Numbers", _numbers(metrics)),
        *_section("Figures", *_figures(source)),
        *_section("Recipe", _values(_flat(recipe))),
        *_section("To repeat it", f"<pre>{_text(_command(recipe))}</pre>"),
        *_section("Environment", _values(_plain(run.environment))),
        *_section("Data", _values(_plain(run.data))),
        *_section("Last epoch", _values((run.history or [{}])[-1])),
    ]
    title = f"{recipe.name} on {run.data['name']}"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        # Nothing is fetched, and nothing runs, whatever the text holds.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in parts if part)
        + "\n</body>\n</html>\n"
    )


def _section(title: str, *parts: str) -> list[str]:
    return [f"<h2>{title}</h2>", *parts] if any(parts) else []


def _note(note: str) -> str:
    return f'<p class="note">{_text(note)}</p>' if note else ""


def _numbers(metrics: dict[str, float]) -> str:
    rows = [
        f'<tr><td><code>{_text(name)}</code></td><td class="number">{value:.5g}</td>'
        f"<td>{_text(describe(name))}</td></tr>"
        for name, value in metrics.items()
    ]
    return f"<table>{''.join(rows)}</table>" if rows else ""


def _figures(source: Source) -> list[str]:
    """The run's usual figures, and those that were drawn of it since."""
    folder, shown = source.run.figures_path, []
    draw_run(source, [k for k in DRAWN if not (folder / file_name(k)).exists()])
    usual = [folder / file_name(kind) for kind in DRAWN]
    others = sorted(set(folder.glob("*")) - set(usual))
    for path in [*usual, *others]:
        if path.suffix in TYPES and path.is_file():
            shown.append(_figure(path))
    return shown


def _figure(path: Path) -> str:
    data = base64.b64encode(path.read_bytes()).decode()
    caption = FIGURES[path.stem][1] if path.stem in FIGURES else path.stem
    return (
        f'<figure><img src="data:{TYPES[path.suffix]};base64,{data}" '
        f'alt="{_text(path.stem)}"><figcaption>{_text(caption)}</figcaption></figure>'
    )


def _values(values: dict) -> str:
    rows = [
        f"<tr><td><code>{_text(name)}</code></td><td>{_text(value)}</td></tr>"
        for name, value in values.items()
    ]
    return f"<table>{''.join(rows)}</table>" if rows else ""


def _flat(recipe: Recipe) -> dict:
    values = recipe.to_dict()
    return values | values.pop("options")


def _plain(values: dict) -> dict:
    """Dicts within as text, without what is not set."""
    return {
        name: ", ".join(f"{k} {v}" for k, v in value.items() if v is not None)
        if isinstance(value, dict)
        else value
        for name, value in values.items()
        if value not in (None, "", {})
    }


def _command(recipe: Recipe) -> str:
    """What trains the same anew: `train` with every value that is not the default."""
    usual = complete_options(recipe.model, {}) | Recipe(recipe.model).to_dict()
    words = training_words(recipe, usual)
    return shlex.join(["keras-aae", *words])


def _text(value) -> str:
    return html.escape(str(value))
