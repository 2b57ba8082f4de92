"""`encode` and `decode`: many images to codes, and codes to images."""

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
    """Write the codes of IMAGES by RUN, a run folder or a .keras file.

    IMAGES is a folder, with all its sub-folders, an .npy file, or a data set as of
    --dataset. With every code stand an id, the path or the number of the image, and a
    label, its sub-folder or class. Any number of images will do: only a block of them is
    in memory. Interrupted, the same command goes on.

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
    help="Folder to make, of PNG files named by the ids; or an .npy file.",
)  # fmt: skip
@backend_option
@debug_option
def decode(run: str, codes: str, output: str, backend: str | None) -> None:
    """Write the images of CODES by RUN, a run folder or a .keras file.

    CODES is a file as `encode` writes it, or an .npy file of an array (n, width). A
    decoder that is told the class takes its number from the column `label`. Interrupted,
    the same command goes on.

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
    """A bar, if there is a terminal."""
    with click.progressbar(
        length=total, label=title, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def report(done: int) -> None:
            if done and not bar.pos:
                bar.label = f"{title}, {done:,} done before"
            bar.update(done - bar.pos)

        yield report
