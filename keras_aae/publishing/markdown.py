"""Markdown, as pages, commands and benchmarks write it."""

from collections.abc import Iterable, Sequence
from typing import Any


def table(head: Sequence[Any], rows: Iterable[Any], *, numbers: bool = False) -> str:
    """Return a table; bars in cells are not taken for columns.

    Args:
        head: Names of the columns.
        rows: Of as many cells each.
        numbers: Whether all columns but the first hold numbers, and go to the right.
    """
    rule = ["---", *["---:" if numbers else "---"] * (len(head) - 1)]
    return "\n".join(map(_line, [head, rule, *rows]))


def link(name: str) -> str:
    """Return a link to the section of the page that has this name."""
    return f"[{name}](#{name})"


def image(file: str, alt: str, width: int) -> str:
    """Return an image of a width, in pixels."""
    return f'<img src="{file}" width="{width}" alt="{alt}">'


def _line(cells: Iterable[Any]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
