"""Seeded damage to files: truncation, flipped bits, inserted and removed bytes."""

import zipfile
from pathlib import Path
from random import Random

JSON, WEIGHTS = "config.json", "model.weights.h5"
# The structure of an HDF5 file is more worth a try than its numbers, which come after it.
STRUCTURE = 4096


def damaged(content: bytes, random: Random) -> bytes:
    """Return the content with one bit flipped, or truncated."""
    place = random.randrange(len(content))
    if random.random() < 0.3:
        return content[:place]
    flipped = bytearray(content)
    flipped[place] ^= 1 << random.randrange(8)
    return bytes(flipped)


def mutated(content: bytes, random: Random) -> bytes:
    """Return the content with one to three changes of any kind."""
    content = bytearray(content)
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(content))
        kind = random.randrange(4)
        if kind == 0:
            content[place] ^= 1 << random.randrange(8)
        elif kind == 1:
            content[place] = random.randrange(256)
        elif kind == 2:
            del content[place : place + random.randint(1, 50)]
        else:
            start = random.randrange(len(content))
            content[place:place] = content[start : start + 20]
    return bytes(content)


def mutated_file(path: Path, target: Path, random: Random) -> bool:
    """Write a mutated copy of a `.keras` file.

    Returns:
        True if the checksums of the archive were updated to match the change.
    """
    kind = random.choice(("file", JSON, WEIGHTS))
    if kind == "file":
        target.write_bytes(mutated(path.read_bytes(), random))
        return False
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    whole = members[kind]
    part = whole if kind == JSON or random.random() < 0.5 else whole[:STRUCTURE]
    members[kind] = mutated(part, random) + whole[len(part) :]
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return True
