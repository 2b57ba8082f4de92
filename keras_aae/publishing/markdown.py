"""Markdown of pages, commands and benchmarks."""

from collections.abc import Iterable, Sequence
from typing import Any


def table(head: Sequence[Any], rows: Iterable[Any], *, numbers: bool = False) -> str:
    """Return a table; vertical bars in cells are escaped.

    Args:
        head: Names of the columns.
        rows: Rows, each with one cell per column.
        numbers: Whether to right-align all columns but the first.
    """
    rule = ["---", *["---:" if numbers else "---"] * (len(head) - 1)]
    return "\n".join(map(_line, [head, rule, *rows]))


def link(name: str) -> str:
    """Return a link to the section of this name on the same page."""
    return f"[{name}](#{name})"


def image(file: str, alt: str, width: int) -> str:
    """Return an image with a width in pixels."""
    return f'<img src="{file}" width="{width}" alt="{alt}">'


def _line(cells: Iterable[Any]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
