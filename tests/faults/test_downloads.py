"""Tests that an interrupted download leaves no file that would be used."""

import hashlib
import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from keras_aae.data.fetching import DataNotFoundError, find_or_download

CONTENT = bytes(range(256)) * 4000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
SCRIPT = """
import sys
from keras_aae.data.fetching import find_or_download
print(find_or_download("toy.npz", sys.argv[1], sys.argv[2]))
"""


@contextmanager
def server(content, stalls=False):
    """Return the URL of a file, whose second half never comes if it stalls."""
    asked, going = threading.Event(), threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()
            asked.set()
            if stalls:
                going.wait()

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_port}/toy.npz", asked
        going.set()
        made.shutdown()


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_AAE_DATA", raising=False)
    return tmp_path / "datasets"


def test_half_a_file_and_another_file_are_not_kept(home):
    for content in (CONTENT[: len(CONTENT) // 2], CONTENT[::-1]):
        with server(content) as (url, _), pytest.raises(DataNotFoundError):
            find_or_download("toy.npz", url, SHA256)
        assert not list(home.iterdir())
    with server(CONTENT) as (url, _):
        assert find_or_download("toy.npz", url, SHA256).read_bytes() == CONTENT


@pytest.mark.long
def test_a_kill_in_mid_download_is_mended_by_the_next(home):
    with server(CONTENT[: len(CONTENT) // 2], stalls=True) as (url, asked):
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, url, SHA256],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert asked.wait(120)
        time.sleep(0.2)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not (home / "toy.npz").exists()
    with server(CONTENT) as (url, _):
        assert find_or_download("toy.npz", url, SHA256).read_bytes() == CONTENT
