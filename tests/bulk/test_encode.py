"""Codes of many images in files, and images of codes: the same as in memory."""

import csv
import os

import numpy as np
import pytest
from families import small_model
from PIL import Image

from keras_aae.bulk import encode
from keras_aae.bulk.code_files import open_codes
from keras_aae.bulk.encode import decode_codes, encode_images
from keras_aae.bulk.streams import open_stream
from keras_aae.errors import DataError, RunError, UnsupportedError


class Pause(Exception):
    """Somebody pulls the plug."""


@pytest.fixture(scope="module")
def vae():
    return small_model("vae")


@pytest.fixture
def array(tmp_path, toy_images):
    np.save(tmp_path / "x.npy", toy_images[0])
    return open_stream(tmp_path / "x.npy", (8, 8, 1))


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(encode, "MOST_ROWS", 16)
    monkeypatch.setattr("keras_aae.bulk.code_files.ROWS", 16)


def read(path):
    if path.suffix == ".npz":
        with np.load(path) as data:
            return list(data["ids"]), list(data["labels"]), data["codes"]
    with open(path, newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["id", "label", *(f"z_{i + 1}" for i in range(len(header) - 2))]
    ids, labels, *codes = zip(*rows, strict=True)
    return list(ids), list(labels), np.array(codes, "float32").T


@pytest.mark.parametrize("ending", [".csv", ".npz"])
def test_codes_in_a_file_are_those_in_memory(
    vae, array, toy_images, tmp_path, ending, small_blocks
):
    on_progress = []
    out = encode_images(vae, array, tmp_path / f"codes{ending}", on_progress.append)
    ids, labels, codes = read(out)
    np.testing.assert_allclose(codes, vae.encode(toy_images[0]), atol=1e-6)
    assert codes.dtype == np.float32
    assert ids == [str(i) for i in range(70)] and set(labels) == {""}
    assert on_progress == [0, 16, 32, 48, 64, 70]
    assert not (tmp_path / f"codes{ending}.partial").exists()
    again = open_codes(out)
    assert (again.count, again.width) == codes.shape
    for start in (0, 16, 50):
        blocks = list(again.rows(start))
        assert [name for names, _, _ in blocks for name in names] == ids[start:]
        np.testing.assert_array_equal(
            np.concatenate([b[2] for b in blocks]), codes[start:]
        )


def test_ids_and_labels_of_a_folder(vae, tmp_path):
    for name in ("a/ä,1.png", 'b/"2".png', "b/3.png"):
        path = tmp_path / "p" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (5, 6), len(name)).save(path)
    stream = open_stream(tmp_path / "p", (8, 8, 1))
    for ending in (".csv", ".npz"):
        out = encode_images(vae, stream, tmp_path / f"c{ending}")
        ids, labels, _ = read(out)
        assert ids == ["a/ä,1.png", 'b/"2".png', "b/3.png"]
        assert labels == ["a", "b", "b"]


@pytest.mark.parametrize("ending", [".csv", ".npz"])
def test_names_that_are_no_text_are_kept(vae, tmp_path, ending):
    folder = tmp_path / "p"
    folder.mkdir()
    odd = os.fsdecode(b"caf\xe9\n1.png")
    try:
        Image.new("L", (5, 6), 9).save(folder / odd)
    except OSError:
        pytest.skip("the file system has names of text only")
    out = encode_images(vae, open_stream(folder, (8, 8, 1)), tmp_path / f"c{ending}")
    assert [names for names, *_ in open_codes(out).rows(0)] == [[odd]]
    decoded = decode_codes(vae, open_codes(out), tmp_path / "decoded")
    assert [path.name for path in decoded.iterdir()] == [odd]


def test_rows_that_a_power_cut_took_are_encoded_again(
    vae, array, tmp_path, small_blocks
):
    def pause(done):
        if done == 48:
            raise Pause

    out = tmp_path / "codes.npz"
    with pytest.raises(Pause):
        encode_images(vae, array, out, pause)
    with open(tmp_path / "codes.npz.partial" / "codes.raw", "rb+") as file:
        file.truncate(20 * 12 + 5)
    seen = []
    encode_images(vae, array, out, seen.append)
    assert seen[0] == 20
    codes = vae.encode(array.read(0, 70))
    np.testing.assert_allclose(read(out)[2], codes, atol=1e-6)


@pytest.mark.parametrize("ending", [".csv", ".npz"])
def test_stopped_anywhere_it_goes_on_from_there(
    vae, array, tmp_path, ending, small_blocks
):
    whole = encode_images(vae, array, tmp_path / f"whole{ending}").read_bytes()
    out, seen = tmp_path / f"codes{ending}", []

    def stop_at(limit):
        def on_progress(done):
            seen.append(done)
            if done >= limit:
                raise Pause

        return on_progress

    for limit in (16, 48):
        with pytest.raises(Pause):
            encode_images(vae, array, out, stop_at(limit))
        assert not out.exists()
    # What was written but not noted is written again.
    with open(tmp_path / f"codes{ending}.partial" / "codes.raw", "ab") as file:
        file.write(b"half a row")
    assert encode_images(vae, array, out, seen.append).read_bytes() == whole or (
        ending == ".npz"
    )
    np.testing.assert_array_equal(read(out)[2], read(tmp_path / f"whole{ending}")[2])
    assert seen == [0, 16, 16, 32, 48, 48, 64, 70]


def test_nothing_is_mixed_or_overwritten(vae, array, tmp_path, small_blocks):
    out = tmp_path / "codes.csv"

    def pause(done):
        if done:
            raise Pause

    with pytest.raises(Pause):
        encode_images(vae, array, out, pause)
    with pytest.raises(RunError, match="begun with another model"):
        encode_images(small_model("vae", seed=1), array, out)
    np.save(array.path, np.zeros((70, 8, 8), "uint8"))
    with pytest.raises(RunError, match="other data"):
        encode_images(vae, array, out)
    out.write_text("mine")
    with pytest.raises(RunError, match="is not overwritten"):
        encode_images(vae, array, out)
    assert out.read_text() == "mine"
    with pytest.raises(DataError, match=r"\.csv or \.npz"):
        encode_images(vae, array, tmp_path / "codes.txt")
    with pytest.raises(UnsupportedError, match="lacks `encode`"):
        encode_images(object(), array, tmp_path / "c.csv")


def test_codes_become_pictures_named_by_their_ids(vae, array, tmp_path, small_blocks):
    codes = open_codes(encode_images(vae, array, tmp_path / "codes.csv"))
    out = decode_codes(vae, codes, tmp_path / "decoded")
    expected = vae.decode(np.concatenate([z for *_, z in codes.rows(0)]))
    assert sorted(p.name for p in out.iterdir()) == sorted(
        f"{i}.png" for i in range(70)
    )
    for i in (0, 33, 69):
        with Image.open(out / f"{i}.png") as image:
            pixels = np.asarray(image)
        np.testing.assert_array_equal(pixels, np.round(255 * expected[i, ..., 0]))
    array_file = decode_codes(vae, codes, tmp_path / "decoded.npy")
    np.testing.assert_allclose(np.load(array_file), expected, atol=1e-6)


@pytest.mark.parametrize("name", ["decoded", "decoded.npy"])
def test_decoding_goes_on_too(vae, array, tmp_path, name, small_blocks):
    codes = open_codes(encode_images(vae, array, tmp_path / "codes.npz"))
    seen, out = [], tmp_path / name

    def pause(done):
        seen.append(done)
        if done == 32:
            raise Pause

    with pytest.raises(Pause):
        decode_codes(vae, codes, out, pause)
    assert not out.exists()
    decode_codes(vae, codes, out, seen.append)
    assert seen == [0, 16, 32, 32, 48, 64, 70]
    whole = np.load(decode_codes(vae, codes, tmp_path / "whole.npy"))
    if name.endswith(".npy"):
        np.testing.assert_array_equal(np.load(out), whole)
    else:
        with Image.open(out / "5.png") as image:
            np.testing.assert_array_equal(
                np.asarray(image), np.round(255 * whole[5, ..., 0])
            )


def test_a_decoder_that_is_told_the_class_finds_it_in_the_labels(tmp_path):
    model = small_model("conditional-vae")
    z = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    labels = np.array(["0", "3", "1", "2", "0"])
    np.savez(tmp_path / "c.npz", codes=z, labels=labels)
    out = decode_codes(model, open_codes(tmp_path / "c.npz"), tmp_path / "d.npy")
    np.testing.assert_allclose(
        np.load(out), model.decode(z, labels.astype(int)), atol=1e-6
    )
    np.savez(tmp_path / "n.npz", codes=z, labels=np.array(list("abcde")))
    with pytest.raises(DataError, match="conditioned.*`label`"):
        decode_codes(model, open_codes(tmp_path / "n.npz"), tmp_path / "n.npy")


def csv_file(tmp_path, text):
    path = tmp_path / "c.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,label\n1,2\n", "no columns of codes"),
        ("id,z_1\n", "holds no codes"),
        ("", "no"),
        ("id,z_1,z_2\na,1\n", "row 1, has 2 values.* 3,"),
        ("id,z_1\na,1\na,2\n", "the id 'a' twice"),
    ],
)
def test_files_that_are_none_of_codes_are_refused(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        open_codes(csv_file(tmp_path, text))


def test_codes_that_cannot_be_decoded_are_refused(vae, tmp_path):
    codes = open_codes(csv_file(tmp_path, "z_1,z_2\n1,2\n"))
    with pytest.raises(DataError, match="2 dimensions.* 3,"):
        decode_codes(vae, codes, tmp_path / "out")
    for number, message in (("x", "Expected numbers"), ("nan", "not finite")):
        codes = open_codes(csv_file(tmp_path, f"z_1,z_2,z_3\n1,2,{number}\n"))
        with pytest.raises(DataError, match=message):
            decode_codes(vae, codes, tmp_path / f"out-{number}")
    for name in ("../up", "/root", "a/../../b", ""):
        codes = open_codes(csv_file(tmp_path, f"id,z_1,z_2,z_3\n{name},1,2,3\n"))
        with pytest.raises(DataError, match="not a valid file name"):
            decode_codes(vae, codes, tmp_path / "bad")
        for path in (tmp_path / "bad.partial").glob("*"):
            assert path.name in ("lock", "origin.json", "images")
