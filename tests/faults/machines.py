"""Faults of disks, memory, clocks and other processes during training."""

import errno
import itertools
import os
import resource
import shutil
import signal
import time
from pathlib import Path

from faults.bench import Bench, Tally
from faults.killing import chosen, kill_somewhere
from faults.operations import at_operation
from faults.processes import run
from faults.states import Belongings, newest_step
from keras_aae.engine.loop import TrainingLoop

ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS, errno.EMFILE)
# No process has this ID: it is above the maximum of Linux.
NOBODY = 2**22 + 1
NAMES = (
    "with spaces",
    "ünïcödé 数字 🎲",
    "new\nline",
    "'quotes\" and $HOME; `true`",
    "-o",
    "%s {name} [0-9]*?",
    "tab\tand\\backslash",
    "x" * 200,
    os.fsdecode(b"no text \xff\xfe"),
)


def fail_operations(bench: Bench, tries: int) -> Tally:
    """Let a file operation fail, once or permanently: full, read-only or I/O error."""
    tally, expected = Tally(), bench.whole
    for number, what in chosen(bench, tries if expected else 0):
        path = bench.new_folder()
        code, once = bench.random.choice(ERRORS), bench.random.random() < 0.5
        fault = _Failing(number, code, once)
        before = Belongings(path)
        ended = bench.go_on(path, lambda path=path, f=fault: f.install(path))
        tally.tries += 1
        where = f"{errno.errorcode[code]} at {number}, {what}{', once' * once}"
        tally.check_said(ended, (0, 1), where)
        tally.check_lost(before, where)
        bench.check_end(tally, path, where)
    return tally


class _Failing:
    def __init__(self, number, code, once):
        self.number, self.code, self.once, self.count = number, code, once, 0

    def install(self, path):
        at_operation(path, None, self.act)

    def act(self, what):
        self.count += 1
        if self.count == self.number or (self.count > self.number and not self.once):
            raise OSError(self.code, os.strerror(self.code))


def limit(kind, size):
    """Set a resource limit of this process."""
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (size, hard))


def full_disk(bench: Bench, tries: int) -> Tally:
    """Limit the size of files, as on a full disk."""
    return _limited(
        bench, tries, resource.RLIMIT_FSIZE, lambda r: int(1.2 ** r.uniform(10, 62))
    )


def few_files(bench: Bench, tries: int) -> Tally:
    """Limit the number of open files."""
    return _limited(bench, tries, resource.RLIMIT_NOFILE, lambda r: r.randint(4, 16))


def little_memory(bench: Bench, tries: int) -> Tally:
    """Limit the memory.

    A library that gets no memory may end the process with only a signal.
    """
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    return _limited(
        bench,
        tries,
        resource.RLIMIT_AS,
        lambda r: used + int(2 ** r.uniform(18, 29)),
        (0, 1, -signal.SIGSEGV, -signal.SIGABRT),
    )


def _limited(bench, tries, kind, draw, codes=(0, 1)):
    tally, expected = Tally(), bench.whole
    while expected and tally.tries < tries:
        path, size = bench.new_folder(), draw(bench.random)
        _some_start(bench, path)
        before = Belongings(path)
        ended = bench.go_on(path, lambda size=size: limit(kind, size))
        tally.tries += 1
        where = f"limit of {size}"
        tally.check_said(ended, codes, where)
        tally.check_lost(before, where)
        bench.check_end(tally, path, where)
    return tally


def _some_start(bench, path):
    """Start half of the runs before the fault."""
    if bench.random.random() < 0.5:
        kill_somewhere(bench, path)


def not_a_number(bench: Bench, tries: int) -> Tally:
    """Set a weight to NaN after some chunk; the exit code is 3."""
    tally, expected = Tally(), bench.whole
    while expected and tally.tries < tries:
        path, chunk = bench.new_folder(), bench.random.randint(1, 6)
        ended = bench.go_on(path, lambda chunk=chunk: _break_weights(chunk))
        tally.tries += 1
        where = f"NaN after chunk {chunk}"
        tally.check_said(ended, (3,), where)
        if chunk > 1 and newest_step(path) < 0:
            tally.lost.append(f"{where}: there is no checkpoint of before")
        bench.check_end(tally, path, where)
    return tally


def _break_weights(chunk):
    read, chunks = TrainingLoop._read_totals, itertools.count(1)

    def broken(loop, progress):
        if next(chunks) == chunk:
            weight = loop.model.trainable_variables[0]
            weight.assign(weight * float("nan"))
        return read(loop, progress)

    TrainingLoop._read_totals = broken


def vanishing_folder(bench: Bench, tries: int) -> Tally:
    """Move the run folder away during training, and back again."""
    tally, expected = Tally(), bench.whole
    while expected and tally.tries < tries:
        path = bench.new_folder()
        away = path.with_name("away")
        process = bench.start(path)
        while not (path / "recipe.json").exists() and process.runs_for(0.005):
            pass
        process.runs_for(bench.random.uniform(0, bench.seconds))
        path.rename(away)
        ended = process.wait()
        tally.tries += 1
        where = f"vanished {tally.tries}"
        tally.check_said(ended, (0, 1), where)
        if path.exists():
            tally.wrong.append(f"{where}: something was made in its place")
            shutil.rmtree(path)
        away.rename(path)
        bench.check_end(tally, path, where)
    return tally


def two_at_once(bench: Bench, tries: int) -> Tally:
    """Start or resume the same run in two processes at the same time."""
    tally, expected = Tally(), bench.whole
    while expected and tally.tries < tries:
        path = bench.new_folder()
        _some_start(bench, path)
        before = Belongings(path)
        first = bench.start(path)
        first.runs_for(
            bench.random.choice((0, 0.01, bench.random.uniform(0, bench.seconds)))
        )
        second = bench.start(path)
        both = [first.wait(), second.wait()]
        tally.tries += 1
        where = f"two {tally.tries}"
        for ended in both:
            tally.check_said(ended, (0, 1), where)
        if all(ended.code == 1 for ended in both):
            tally.wrong.append(f"{where}: neither came to the end: {both}")
        tally.check_lost(before, where)
        bench.check_end(tally, path, where)
    return tally


def clock_back(bench: Bench, tries: int) -> Tally:
    """Set the clock and the times of files back by years."""
    tally, expected = Tally(), bench.whole

    def set_clock():
        real, strftime = time.time, time.strftime
        time.time = lambda: real() - 10**9
        time.strftime = lambda text, *when: strftime(
            text, *(when or [time.localtime(time.time())])
        )

    while expected and tally.tries < tries:
        path = bench.new_folder()
        kill_somewhere(bench, path)
        for file in path.rglob("*"):
            os.utime(file, (0, bench.random.randint(0, 2**32)))
        before = Belongings(path)
        tally.tries += 1
        where = f"clock {tally.tries}"
        bench.check_end(tally, path, where, set_clock)
        tally.check_lost(before, where)
    return tally


def stale_files(bench: Bench, tries: int) -> Tally:
    """Leave temporary files of killed processes and files of the user."""
    tally, expected = Tally(), bench.whole
    while expected and tally.tries < tries:
        path = bench.new_folder()
        while not (path / "recipe.json").exists() and kill_somewhere(bench, path):
            pass
        stale = _leave_stale(path)
        before = Belongings(path)
        tally.tries += 1
        where = f"stale {tally.tries}"
        bench.check_end(tally, path, where)
        tally.check_lost(before, where)
        tally.wrong += [
            f"{where}: {p.name} still lies about" for p in stale if p.exists()
        ]
    return tally


def _leave_stale(path: Path) -> list[Path]:
    saving = path / "checkpoints" / f".saving-00000006-{NOBODY}"
    saving.mkdir(parents=True, exist_ok=True)
    (saving / "state.keras").write_bytes(b"half")
    stale = [path / f".{name}-{NOBODY}.tmp{end}" for name, end in
             (("recipe", ".json"), ("model", ".keras"), ("history", ".csv"))]  # fmt: skip
    for file in stale:
        file.write_bytes(b"half")
    (path / "run.lock").write_text(str(NOBODY))
    (path / "mine.txt").write_text("all of my thesis")
    (path / "checkpoints" / "mine").write_text("and the rest of it")
    return [saving, *stale]


def odd_paths(bench: Bench, tries: int) -> Tally:
    """Use folders with unusual names for runs and data."""
    tally, expected = Tally(), bench.whole
    for name in NAMES[:tries] if expected else ():
        folder = bench.folder / name
        folder.mkdir()
        data = str(shutil.copy(bench.data, folder))
        other = bench.beside(folder, dataset=data)
        other.seconds, other.whole = bench.seconds, bench.whole
        path = folder / "run"
        kill_somewhere(other, path)
        tally.tries += 1
        other.check_end(tally, path, repr(name))
    return tally


def read_only(bench: Bench, tries: int) -> Tally:
    """Evaluate a finished run in a read-only folder."""
    tally, expected = Tally(), bench.whole
    while expected and tally.tries < tries:
        path = bench.new_folder()
        shutil.copytree(bench.finished, path)
        fault = _Failing(0, errno.EROFS, once=False)
        ended = run(bench.evaluating(path, lambda path=path, f=fault: f.install(path)))
        tally.tries += 1
        tally.check_said(ended, (0,), "evaluate")
        ended = bench.go_on(path, lambda path=path, f=fault: f.install(path))
        tally.check_said(ended, (1,), "resume")
        tally.wrong += bench.differences(path)
    return tally
