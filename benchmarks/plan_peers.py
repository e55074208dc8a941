"""deepdiff on the sets of ``plan.py``: what a general comparison costs. Sizes it can bear; 1 % of the ETags differ.

python benchmarks/plan_peers.py
"""

from __future__ import annotations

import argparse
import hashlib
import resource

from deepdiff import DeepDiff

BANDS = ("B02", "B03", "B04", "B08", "B11", "B12", "SCL")
CASES = (("keyed by path", True, (1_000, 5_000, 20_000)), ("lists, ignore_order", False, (1_000, 5_000)))


def make_tile(number: int, shift: str = "") -> dict[str, object]:
    """Return one tile; every hundredth has other ETags when there is a shift."""
    salt = shift if number % 100 == 0 else ""
    day, square = divmod(number, 400)
    files = {band: hashlib.md5(f"{band}{number}{salt}".encode(), usedforsecurity=False).hexdigest() for band in BANDS}
    return {"path": f"2019/{day // 28 + 1}/{day % 28 + 1}/{square:03d}/(BAND).tif", "files": files}


def measure(tiles: int, *, is_keyed: bool) -> float:
    """Return the CPU seconds of one comparison."""
    before, after = ([make_tile(number, shift) for number in range(tiles)] for shift in ("", "changed"))
    start = resource.getrusage(resource.RUSAGE_SELF)
    if is_keyed:
        DeepDiff(*({str(tile["path"]): tile for tile in side} for side in (before, after)))
    else:
        DeepDiff(before, after, ignore_order=True)
    end = resource.getrusage(resource.RUSAGE_SELF)
    return end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime


def main() -> None:
    """Print one line a size."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    for name, is_keyed, sizes in CASES:
        for tiles in sizes:
            print(f"deepdiff, {name:20} {tiles:7,} {measure(tiles, is_keyed=is_keyed):7.2f} CPU s", flush=True)


if __name__ == "__main__":
    main()
