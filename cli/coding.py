"""The commands `encode` and `decode`: any number of images to codes, and back."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from .backend import select_backend
from .options import backend_option, data_dir_option, debug_option


@click.command()
@click.argument("run", type=click.Path())
@click.argument("images", metavar="IMAGES")
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False),
    help="File to write, .csv or .npz.",
)  # fmt: skip
@data_dir_option
@backend_option
@debug_option
def encode(
    run: str, images: str, output: str, data_dir: str | None, backend: str | None
) -> None:
    """Encode IMAGES with RUN, a run folder or .keras file.

    IMAGES is a folder of images (with all subfolders), an .npy file, or the name of a
    data set. Each code is stored with an id (path or number of the image) and a label
    (its subfolder or class). Images are processed in blocks, so any number of them fits
    in memory. Rerun the command to resume after an interruption.

    \b
    Example:
      keras-aae encode runs/vae_mnist_20260101-120000 photos/ -o codes.csv
    """
    select_backend(backend)
    from keras_aae.bulk.encode import encode_images
    from keras_aae.bulk.streams import open_stream
    from keras_aae.publishing.source import load_any_model

    model = load_any_model(run)
    stream = open_stream(images, model.image_shape, data_dir)
    with _progress("Encoding", len(stream)) as on_progress:
        path = encode_images(model, stream, output, on_progress)
    click.echo(str(path))


@click.command()
@click.argument("run", type=click.Path())
@click.argument("codes", type=click.Path())
@click.option(
    "-o", "--output", required=True, type=click.Path(),
    help="Folder for PNG files named by id, or an .npy file.",
)  # fmt: skip
@backend_option
@debug_option
def decode(run: str, codes: str, output: str, backend: str | None) -> None:
    """Decode CODES to images with RUN, a run folder or .keras file.

    CODES is a file written by `encode`, or an .npy file with an array of shape
    (n, latent_dim). A class-conditional decoder reads the class from column `label`.
    Rerun the command to resume after an interruption.

    \b
    Example:
      keras-aae decode runs/vae_mnist_20260101-120000 codes.csv -o decoded/
    """
    select_backend(backend)
    from keras_aae.bulk.code_files import open_codes
    from keras_aae.bulk.encode import decode_codes
    from keras_aae.publishing.source import load_any_model

    model, file = load_any_model(run), open_codes(codes)
    with _progress("Decoding", file.count) as on_progress:
        path = decode_codes(model, file, output, on_progress)
    click.echo(str(path))


@contextmanager
def _progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on a terminal, and yield the function that moves it."""
    with click.progressbar(
        length=total, label=title, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def report(done: int) -> None:
            if done and not bar.pos:
                bar.label = f"{title} (resumed at {done:,})"
            bar.update(done - bar.pos)

        yield report
