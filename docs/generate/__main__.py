"""Write the generated pages anew: ``python -m docs.generate``. Touches files of ``docs``."""

from __future__ import annotations

from pathlib import Path

from docs.generate import PAGES


def main() -> None:
    """Write every page beside this package."""
    for name, render in PAGES.items():
        (Path(__file__).parents[1] / name).write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
