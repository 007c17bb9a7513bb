"""`python -m notebench`."""

from .cli import main

main()
