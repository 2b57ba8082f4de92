"""Markdown, as pages, commands and benchmarks write it."""


def table(head, rows, *, numbers: bool = False) -> str:
    """A table; bars in cells are not taken for columns.

    Args:
        head: Names of the columns.
        rows: Of as many cells each.
        numbers: Whether all columns but the first hold numbers, and go to the right.
    """
    rule = ["---", *["---:" if numbers else "---"] * (len(head) - 1)]
    return "\n".join(map(_line, [head, rule, *rows]))


def _line(cells) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
