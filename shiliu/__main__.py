"""`python -m shiliu` is `shiliu`."""

from shiliu.cli import main

main()
