"""HTML report of a run: complete, correct, and safe for any text in the run."""

import re
import shlex
import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pytest
from keras_aae.cli.train import _recipe, train
from PIL import Image

from keras_aae import training
from keras_aae.errors import RunError
from keras_aae.publishing.html_report import write_report
from keras_aae.publishing.source import Source
from keras_aae.recipe import Recipe

HOSTILE = "<script>alert('1')</script>\"&"
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
OPEN = ("link", "meta", "img", "br")


class Page(HTMLParser):
    """Parser that collects text, images and tags, and requires closed tags."""

    def __init__(self, text):
        super().__init__()
        self.open, self.text, self.images, self.tags = [], [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "img":
            self.images.append(dict(attrs)["src"])
        if tag not in OPEN:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def run(tmp_path_factory, toy_file):
    recipe = Recipe(
        model="vae", name=HOSTILE, dataset=str(toy_file), epochs=2,
        options={"latent_dim": 2, "hidden_units": [4]}, batch_size=16, seed=3,
        optimizer={"name": "adam", "beta_1": 0.8},
    )  # fmt: skip
    run = training.train(recipe, tmp_path_factory.mktemp("report") / "run")
    run.figures_path.mkdir()
    Image.new("L", (4, 4)).save(run.figures_path / "<b>mine&.png")
    return run


@pytest.fixture(scope="module")
def page(run):
    path = write_report(Source.open(run.path))
    assert path == run.path / "report.html"
    return path.read_text(encoding="utf-8")


def test_the_page_tells_numbers_figures_recipe_and_environment(page, run):
    text = " ".join(Page(page).text)
    for name, value in run.metrics.items():
        assert name in text and f"{value:.5g}" in text
    for words in (
        "-ELBO",
        "latent_dim",
        "beta_1",
        "tensorflow",
        "56 images",
        "2 epochs",
    ):
        assert words.lower() in text.lower(), words
    assert len(Page(page).images) >= 6  # five default figures, and the added one


def test_the_page_needs_nothing_and_runs_nothing(page):
    parsed = Page(page)
    assert all(src.startswith("data:image/png;base64,") for src in parsed.images)
    assert not {"script", "link", "iframe", "b"} & set(parsed.tags)
    assert HOSTILE in "".join(parsed.text) and "<script" not in page
    assert not re.search(r"(src|href)\s*=\s*.https?:", page)
    assert "default-src 'none'" in page


def test_the_command_on_the_page_repeats_the_recipe(page, run):
    command = next(
        text for text in Page(page).text if text.startswith("keras-aae train")
    )
    context = train.make_context("train", shlex.split(command)[2:])
    given = dict(context.params)
    settings = dict(given.pop("settings"))
    fields = {k: None for k in ("name",)}
    recipe = _recipe(given["model"], None, settings, fields)
    assert (
        Recipe.from_dict(recipe.to_dict()).options.items() <= run.recipe.options.items()
    )
    for field in ("name", "dataset", "epochs", "batch_size", "seed", "optimizer"):
        assert getattr(recipe, field) == getattr(run.recipe, field)


def test_a_file_without_a_run_has_no_report(run, tmp_path):
    source = Source.open(run.model_path, dataset=run.recipe.dataset)
    with pytest.raises(RunError, match="Name a run folder"):
        write_report(source)
    with pytest.raises(RunError, match="Cannot write"):
        write_report(Source.open(run.path), tmp_path / "no" / "where.html")


@pytest.mark.skipif(BROWSER is None, reason="there is no chromium to open it in")
def test_a_browser_shows_the_page_and_all_of_its_images(page, run, tmp_path):
    shot = tmp_path / "page.png"
    subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--screenshot={shot}",
         "--window-size=1000,4000", f"--user-data-dir={tmp_path / 'profile'}",
         (run.path / "report.html").as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with Image.open(shot) as image:
        pixels = np.asarray(image.convert("L"))
    assert pixels.shape == (4000, 1000)
    # Headings, tables and plots put dark pixels on most of the page.
    assert ((pixels < 128).any(axis=1).reshape(40, 100).any(axis=1)).sum() > 15
