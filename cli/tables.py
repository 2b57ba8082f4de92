"""Tables of numbers, as text, Markdown or CSV."""

import csv
import io
from collections.abc import Mapping

import click

from keras_aae.publishing import markdown


def print_metrics(
    by_run: Mapping[str, Mapping[str, float | None]], style: str = "text"
) -> None:
    """Print a table with a row per metric and a column per run.

    Args:
        by_run: Dict of run to metric to number.
        style: "text", "markdown", or "csv" (with all digits).
    """
    names = list(dict.fromkeys(name for metrics in by_run.values() for name in metrics))
    if not names:
        return
    shown = repr if style == "csv" else "{:.4f}".format
    rows = [["metric", *by_run]]
    for name in names:
        numbers = [metrics.get(name) for metrics in by_run.values()]
        rows.append([name, *("" if x is None else shown(x) for x in numbers)])
    STYLES[style](rows)


def print_rows(rows: list[list[str]]) -> None:
    """Print rows in aligned columns, the first column left and the others right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        first = row[0].ljust(widths[0])
        rest = (cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))
        click.echo("  ".join([first, *rest]).rstrip())


def print_csv(rows: list[list[str]]) -> None:
    """Print rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    click.echo(text.getvalue(), nl=False)


def print_markdown(rows: list[list[str]]) -> None:
    """Print rows as a Markdown table with the first row as its header."""
    head, *others = rows
    click.echo(markdown.table(head, others, numbers=True))


STYLES = {"text": print_rows, "csv": print_csv, "markdown": print_markdown}
