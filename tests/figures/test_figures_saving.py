import errno
import os

import pytest

from keras_aae.errors import KerasAAEError, RunError
from keras_aae.figures import draw, save

SIGNATURES = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}


@pytest.fixture
def figure(model, dataset):
    return draw("scatterplot", model=model, dataset=dataset)


@pytest.mark.parametrize("ending", SIGNATURES)
def test_the_ending_decides_and_the_bytes_repeat(
    ending, figure, model, dataset, tmp_path
):
    again = draw("scatterplot", model=model, dataset=dataset)
    contents = [
        save(drawn, tmp_path / f"{i}.{ending}").read_bytes()
        for i, drawn in enumerate([figure, figure, again])
    ]
    assert contents[0].startswith(SIGNATURES[ending])
    assert contents[0] == contents[1] == contents[2]


def test_text_stays_text_and_points_become_pixels(figure, tmp_path):
    svg = save(figure, tmp_path / "scatterplot.svg").read_text()
    assert ">class 7</text>" in svg
    assert svg.count("<image ") == 1
    assert "Date" not in svg


def test_capital_endings_are_understood(figure, tmp_path):
    assert save(figure, str(tmp_path / "A.PNG")).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["figure.jpg", "figure"])
def test_unknown_endings_list_the_formats(name, figure, tmp_path):
    with pytest.raises(KerasAAEError, match=rf"{name}'. .*\.png, \.svg, \.pdf"):
        save(figure, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_one_line(figure, tmp_path):
    with pytest.raises(
        RunError, match="missing.*No such file.*existing folder"
    ) as info:
        save(figure, tmp_path / "missing" / "figure.png")
    assert "\n" not in str(info.value)


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EROFS])
def test_a_failed_write_leaves_the_old_file_alone(fault, figure, tmp_path, monkeypatch):
    path = tmp_path / "figure.png"
    path.write_bytes(b"old")

    def fail(*args):
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(RunError, match=os.strerror(fault)):
        save(figure, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
