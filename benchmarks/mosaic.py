"""Plan, apply and plan again a mosaic of many tiles, beside sentinelhub-py's loop on the same emulator.

The emulator and its S3 server run in this process, byocplan and the peer in processes of their own, one after the
other, once; the emulator looks files up and records their ETags but does not read them (check ``listing``).
sentinelhub-py waits 50 ms between two requests, as shipped; ``creates.py`` measures it without.

    python benchmarks/mosaic.py --tiles 20000 --peer-tiles 2000
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from byocplan.emulator import Emulator, EmulatorSettings
from byocplan.emulator.s3_server import put_objects

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET = "mosaic"
BANDS = ("B02",)
GRIDS_A_DAY = 400

PROJECT = "apiVersion: byocplan/v1\nkind: Project\nmetadata: {name: mosaic}\n"
COLLECTION = """\
apiVersion: byocplan/v1
kind: Collection
metadata: {name: mosaic}
spec:
  s3Bucket: mosaic
  bands:
    B02: {bitDepth: 16, sampleFormat: UINT}
  tiles:
    - pattern: "{year}/{month}/{day}/{grid}/(BAND).tif"
"""

#: The third argument is how long to wait between two requests (s): without it as long as sentinelhub-py wants to.
PEER = """\
import json, sys
from sentinelhub import ByocCollection, ByocTile, SentinelHubBYOC, SHConfig
config = SHConfig()
config.sh_client_id = config.sh_client_secret = "any"
config.sh_base_url, config.sh_token_url = sys.argv[1:3]
byoc = SentinelHubBYOC(config=config)
if sys.argv[3:]:
    byoc.client.rate_limit.wait_time = float(sys.argv[3])
collection = byoc.create_collection(ByocCollection(name="peer", s3_bucket="mosaic"))
for path in json.load(sys.stdin):
    byoc.create_tile(collection, ByocTile(path=path))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took."""

    name: str
    wall_s: float
    cpu_s: float
    lines: int
    code: int


def iter_folders(tiles: int) -> Iterator[str]:
    """Yield ``2019/1/1/001``: unpadded dates, as many grids a day as ``GRIDS_A_DAY``."""
    for number in range(tiles):
        day, grid = divmod(number, GRIDS_A_DAY)
        yield f"{2019 + day // 336}/{day // 28 % 12 + 1}/{day % 28 + 1}/{grid:03d}"


def measure(name: str, command: list[str], environment: dict[str, str], folder: Path, stdin: str = "") -> Cost:
    """Run a command and return what it took; its output goes to ``NAME.txt`` in the folder."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start_s = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, input=stdin, capture_output=True, text=True, check=False
    )
    wall_s = time.perf_counter() - start_s
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    (folder / f"{name}.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    return Cost(name, wall_s, cpu_s, len(done.stdout.splitlines()), done.returncode)


def main() -> None:
    """Print one line a step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiles", type=int, default=20_000)
    parser.add_argument("--peer-tiles", type=int, default=2_000)
    arguments = parser.parse_args()
    with Emulator(EmulatorSettings(port=0, check="listing")) as emulator, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "byocplan.yaml").write_text(PROJECT, encoding="utf-8")
        (folder / "mosaic.yaml").write_text(COLLECTION, encoding="utf-8")
        keys = (f"{path}/{band}.tif" for path in iter_folders(arguments.tiles) for band in BANDS)
        put_objects(BUCKET, ((key, key.encode()) for key in keys))
        environment = emulator.exports()
        print(f"{'step':28} {'tiles':>7} {'wall s':>8} {'CPU s':>8} {'ms/tile':>8} {'lines':>6}  exit")
        byocplan = [sys.executable, "-m", "byocplan"]
        for step, command in (
            ("plan", ["plan"]),
            ("apply", ["apply", "--auto-approve"]),
            ("plan again", ["plan", "--detailed-exitcode"]),
        ):
            report(measure(step, [*byocplan, *command], environment, folder), arguments.tiles)
        paths = [f"{path}/(BAND).tif" for path in iter_folders(arguments.peer_tiles)]
        peer = [sys.executable, "-W", "ignore", "-c", PEER, environment["SH_BASE_URL"], environment["SH_TOKEN_URL"]]
        insecure = {"OAUTHLIB_INSECURE_TRANSPORT": "1"}
        report(measure("sentinelhub-py create_tile", peer, insecure, folder, json.dumps(paths)), arguments.peer_tiles)


def report(cost: Cost, tiles: int) -> None:
    """Print a line."""
    each_ms = 1000 * cost.wall_s / tiles
    print(f"{cost.name:28} {tiles:7,} {cost.wall_s:8.1f} {cost.cpu_s:8.1f} {each_ms:8.2f} {cost.lines:6}  {cost.code}")


if __name__ == "__main__":
    main()
