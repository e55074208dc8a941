"""Terraform with one ``terraform_data`` object a tile: what one stanza a tile costs. Needs a ``terraform`` binary.

The provider is built in, so nothing is downloaded and nothing outside is asked: plan, apply and plan again, CPU time.

    python benchmarks/terraform.py --tiles 500 1000
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from measure import render_table, run_measured
from mosaic import iter_folders

CONFIGURATION = """\
locals { tiles = jsondecode(file("${path.module}/tiles.json")) }
resource "terraform_data" "tile" {
  for_each = local.tiles
  input    = each.value
}
"""


@dataclass(frozen=True, slots=True)
class Steps:
    """CPU seconds of each step, and the lines that the first plan printed."""

    plan_s: float
    apply_s: float
    again_s: float
    lines: int


def find_terraform() -> str | None:
    """Return the binary, None where there is none."""
    return shutil.which("terraform")


def measure(binary: str, tiles: int) -> Steps:
    """Plan, apply and plan again so many objects. Exits when a step fails."""
    with tempfile.TemporaryDirectory() as name:
        Path(name, "main.tf").write_text(CONFIGURATION, encoding="utf-8")
        values = {path: {"path": f"{path}/(BAND).tif", "bucket": "mosaic"} for path in iter_folders(tiles)}
        Path(name, "tiles.json").write_text(json.dumps(values), encoding="utf-8")
        _run(binary, name, "init")
        plan_s, text = _run(binary, name, "plan")
        apply_s, _ = _run(binary, name, "apply", "-auto-approve")
        again_s, _ = _run(binary, name, "plan")
        return Steps(plan_s, apply_s, again_s, len(text.splitlines()))


def _run(binary: str, folder: str, command: str, *options: str) -> tuple[float, str]:
    cost = run_measured([binary, f"-chdir={folder}", command, "-no-color", "-input=false", *options])
    if cost.code:
        sys.exit(f"terraform {command} left with {cost.code}")
    return cost.cpu_s, cost.output


def main() -> None:
    """Print a row a size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiles", type=int, nargs="+", default=[500, 1_000])
    arguments = parser.parse_args()
    binary = find_terraform()
    if binary is None:
        sys.exit("there is no terraform on the PATH")
    heads = ["tiles", "plan, CPU s", "apply, CPU s", "plan again, CPU s", "lines of the plan"]
    measured = {tiles: measure(binary, tiles) for tiles in arguments.tiles}
    rows = [
        [f"{tiles:,}", f"{each.plan_s:.1f}", f"{each.apply_s:.1f}", f"{each.again_s:.1f}", f"{each.lines:,}"]
        for tiles, each in measured.items()
    ]
    print(render_table(heads, rows))


if __name__ == "__main__":
    main()
