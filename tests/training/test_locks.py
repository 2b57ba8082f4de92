"""Tests of file locks and stop signals."""

import os
import signal
import subprocess
import sys
import threading
import time

import filelock
import pytest

from keras_aae import files
from keras_aae.errors import RunError
from keras_aae.files import file_lock
from keras_aae.model_files import archive
from keras_aae.runs import signals

HOLDER = """
import os, sys, time
from keras_aae.files import file_lock
with file_lock(sys.argv[1], "the folder"):
    print(os.getpid(), flush=True)
    time.sleep(60)
"""


def test_a_lock_names_its_holder_and_ends_with_it(tmp_path):
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        pid = process.stdout.readline().strip()
        began = time.monotonic()
        with pytest.raises(RunError, match=f"in use by process {pid}"):
            with file_lock(path, "the folder"):
                pass
        assert time.monotonic() - began < 1
        # Kill the process, so that it cannot clean up.
        process.kill()
    with file_lock(path, "the folder"):
        assert path.read_text() == str(os.getpid())


def test_a_lock_is_free_after_an_error_in_its_block(tmp_path):
    with pytest.raises(ZeroDivisionError), file_lock(tmp_path / "lock", "the folder"):
        _ = 1 / 0
    with file_lock(tmp_path / "lock", "the folder"):
        pass


def test_what_cannot_be_locked_is_named(tmp_path, monkeypatch):
    def refuse(descriptor, *, blocking):
        raise OSError(95, "Operation not supported")

    with pytest.raises(RunError, match="Cannot write to the folder"):
        with file_lock(tmp_path / "nowhere" / "lock", "the folder"):
            pass
    monkeypatch.setattr(filelock, "lock_descriptor", refuse)
    with pytest.raises(
        RunError, match="Cannot lock the folder: Operation not supported"
    ):
        with file_lock(tmp_path / "lock", "the folder"):
            pass


def handlers():
    return [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]


@pytest.fixture
def hangup_stops():
    """SIGHUP is not ignored, as it is in processes that nohup started."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def test_signals_to_stop_are_handled_in_the_block_alone(hangup_stops):
    before, got = handlers(), []
    with signals.handling_stops(got.append):
        for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(os.getpid(), signum)
    assert got == [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]
    assert handlers() == before


def test_a_hangup_that_is_ignored_stays_ignored(monkeypatch):
    before, got = signal.signal(signal.SIGHUP, signal.SIG_IGN), []
    try:
        with signals.handling_stops(got.append):
            os.kill(os.getpid(), signal.SIGHUP)
        assert got == [] and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_only_the_main_thread_handles_signals():
    before, seen = handlers(), []

    def work():
        with signals.handling_stops(seen.append):
            seen.append(handlers())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]


def test_a_system_without_hangups_handles_the_others(monkeypatch):
    monkeypatch.delattr(signal, "SIGHUP")
    got = []
    with signals.handling_stops(got.append):
        os.kill(os.getpid(), signal.SIGTERM)
    assert got == [signal.SIGTERM]


def test_temporary_files_are_left_where_asking_for_a_process_would_end_it(
    tmp_path, monkeypatch
):
    stale = tmp_path / ".recipe-4194305.tmp.json"
    stale.touch()
    with monkeypatch.context() as windows:
        windows.setattr(files.os, "name", "nt")
        windows.setattr(os, "kill", None)
        files.sweep(tmp_path)
        assert stale.exists()
    files.sweep(tmp_path)
    assert not stale.exists()


def test_links_are_refused_where_opening_follows_them(tmp_path, monkeypatch):
    file, link = tmp_path / "a.keras", tmp_path / "b.keras"
    file.write_bytes(b"content")
    link.symlink_to(file)
    for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"):
        monkeypatch.delattr(os, flag)
    assert archive.read_file(file) == b"content"
    with pytest.raises(archive.ModelFileError, match="link"):
        archive.read_file(link)
