"""Numbers as a table."""

import click


def print_metrics(by_run: dict[str, dict]) -> None:
    """One row a metric, one column a run."""
    names = list(dict.fromkeys(name for metrics in by_run.values() for name in metrics))
    if not names:
        return
    rows = [["metric", *by_run]]
    for name in names:
        rows.append([name, *(_number(m.get(name)) for m in by_run.values())])
    print_rows(rows)


def _number(value) -> str:
    return "" if value is None else f"{value:.4f}"


def print_rows(rows: list[list[str]]) -> None:
    """Rows of text in aligned columns, the first one left and the others right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        first = row[0].ljust(widths[0])
        rest = (cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))
        click.echo("  ".join([first, *rest]).rstrip())
