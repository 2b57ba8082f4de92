"""`python -m keras_aae.cli` is `keras-aae`."""

from .main import main

main()
