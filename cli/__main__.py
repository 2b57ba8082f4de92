"""`python -m cli` is `keras-aae`."""

from cli.main import main

main()
