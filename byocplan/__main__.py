"""``python -m byocplan``."""

from byocplan.cli import main

main()
