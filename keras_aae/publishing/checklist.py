"""Checklist of the results page: features of older repositories and their results."""

import tomllib
from pathlib import Path
from typing import Any

from keras_aae.experiments import COMPARISONS, RECIPES
from keras_aae.publishing import formats, markdown
from keras_aae.publishing.figure_file import figure_files
from keras_aae.publishing.results import Kept, comparison_picture, sweep_picture


def read_checklist(results: str | Path) -> dict[str, list[Any]]:
    """Return the rows of `checklist.toml` by group; {} without the file."""
    path = Path(results) / "checklist.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def checklist(kept: Kept) -> list[str]:
    """Return the section of the checklist; empty if the folder has no checklist."""
    groups = read_checklist(kept.folder)
    if not groups:
        return []
    rows, open_numbers, numbers = [], set(), set()
    for group, features in groups.items():
        rows.append(("", "", f"**{group}**", ""))
        for number, what, pointers in features:
            text, is_shown = _where(kept, pointers)
            numbers.add(number)
            if not is_shown:
                open_numbers.add(number)
            rows.append(("✓" if is_shown else "", number, what, text))
    checked = len(numbers) - len(open_numbers)
    return [
        "## Checklist",
        "Features of the five older repositories, and the results here that show them. "
        "A row is checked if all of its results exist.",
        f"<details>\n<summary>{checked} of {len(numbers)} are checked</summary>",
        markdown.table(("", "", "feature", "results"), rows),
        "</details>",
    ]


def _where(kept: Kept, pointers: list[dict[str, str]]) -> tuple[str, bool]:
    """Return the links of a row, and whether all of their targets exist."""
    found = {": ".join(pointer.values()): _find(kept, pointer) for pointer in pointers}
    missing = [name for name, text in found.items() if text is None]
    parts = [text for text in found.values() if text is not None]
    if missing:
        parts.append(f"not available yet: {', '.join(missing)}")
    return "; ".join(parts), not missing


def _find(kept: Kept, pointer: dict[str, str]) -> str | None:
    """Return a link to the target of a pointer; None if it does not exist."""
    match pointer:
        case {"file": file}:
            there = (kept.folder.parent / file).exists()
            return f"[{file}](../{file})" if there else None
        case {"recipe": name, "metric": metric}:
            values = kept.recipes[name].values(metric) if name in kept.recipes else []
            text = f"{markdown.link(name)}: {metric}"
            return f"{text} {formats.spread(values)}" if values else None
        case {"recipe": name, "figure": figure} if name in kept.recipes:
            files = {f.name: f"{name}/{f.file}" for f in figure_files(RECIPES[name])}
            return _link(kept, f"{name}: {figure}", files.get(figure))
        case {"comparison": name} if name in COMPARISONS:
            return _link(kept, name, comparison_picture(COMPARISONS[name]))
        case {"sweep": name}:
            return _link(kept, name, sweep_picture(name))
        case {"transfer": name} if name in kept.transfers:
            return markdown.link(name)
    return None


def _link(kept: Kept, text: str, file: str | None) -> str | None:
    return f"[{text}]({file})" if file and (kept.folder / file).exists() else None
