"""List live tiles: decoded and held by byocplan, beside sentinelhub-py's loop over the same pages.

The emulator runs in a process of its own; every measurement in another one, by turns, with pages of 100 tiles that have
their geometries. Of sentinelhub-py the gate of 50 ms between two requests is off: ``client.rate_limit.wait_time = 0``.

byocplan checks every tile and holds, in columns: id, path, status, sensing time, the times of creation and ingestion,
the ETags of all files, the cause of a failure, and of the cover geometry a digest, as a plan does that compares no
covers. sentinelhub-py's loop is ``for tile in byoc.iter_tiles(...)``, which yields what ``json.loads`` makes of a tile,
and a list of them. The service answers over TLS alone, so that is what is measured; ``--plain`` leaves it away, as no
run against the service can. Either side trusts certifi's certificates and the emulator's.

Last, the cache is filled and refreshed incrementally: how many requests that takes, the token's included.

    python benchmarks/live.py --tiles 100000 --rounds 3 [--plain]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))

from measure import read_peak_mb, run_interleaved

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.api.options import ApiOptions

SERVER = """\
import json, sys
from byocplan.emulator import Emulator, EmulatorSettings
tls = json.loads(sys.argv[1])
with Emulator(EmulatorSettings(port=0, s3="http://127.0.0.1:9", check="none", tls=tls)) as emulator:
    print(json.dumps([emulator.base_url, emulator.token_url, str(emulator.certificate) if tls else ""]), flush=True)
    sys.stdin.read()
"""
#: As many as the tutorial's mosaic has, so that tiles are as large as recorded ones.
BANDS = ("B01", "B02", "B03", "B04", "B08", "B11", "B12")


@dataclass(frozen=True, slots=True)
class Place:
    """An emulator: its addresses, and the file of certificates to trust, empty without TLS."""

    base_url: str
    token_url: str
    trusted: str


def make_options(place: Place) -> ApiOptions:
    """Return options for the emulator."""
    from byocplan.api.options import ApiOptions
    from byocplan.api.settings import Credentials
    from byocplan.model.deployment import Deployment

    deployment, credentials = Deployment("here", place.base_url, place.token_url), Credentials("emulator", "emulator")
    return ApiOptions(deployment, credentials, "benchmark", ca_bundle=place.trusted or None)


def list_ours(place: Place, collection_id: str) -> int:
    """List as a plan does whose manifests leave cover geometries alone."""
    from byocplan.api.client import open_read_client
    from byocplan.sets import TileSets
    from byocplan.workflow.live import list_tiles

    with open_read_client(make_options(place)) as client, TileSets() as sets:
        return list_tiles(collection_id, client, sets).count


def list_peer(place: Place, collection_id: str) -> int:
    """List as sentinelhub-py does, its gate off, and hold what it yields: plain dicts."""
    return len(list(iter_peer(place, collection_id)))


def list_typed_peer(place: Place, collection_id: str) -> int:
    """List as sentinelhub-py does, its gate off, and hold the tiles as its own typed values."""
    from sentinelhub import ByocTile

    return len([ByocTile.from_dict(tile) for tile in iter_peer(place, collection_id)])


def iter_peer(place: Place, collection_id: str) -> Iterator[Any]:
    """Yield what sentinelhub-py's loop yields."""
    import os

    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    os.environ["REQUESTS_CA_BUNDLE"] = place.trusted
    from sentinelhub import SentinelHubBYOC, SHConfig

    config = SHConfig()
    config.sh_client_id = config.sh_client_secret = "emulator"
    config.sh_base_url, config.sh_token_url = place.base_url, place.token_url
    byoc = SentinelHubBYOC(config=config)
    byoc.client.rate_limit.wait_time = 0
    yield from byoc.iter_tiles(collection_id, sort="created:asc")


TYPED = "sentinelhub-py, typed"
LISTERS = {"byocplan": list_ours, "sentinelhub-py": list_peer, TYPED: list_typed_peer}


def measure_here(name: str, full: str, empty: str, *where: str) -> None:
    """Print what one listing takes in this process, imports apart."""
    place = Place(*where)
    LISTERS[name](place, empty)  # imports, token, connection
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    tiles = LISTERS[name](place, full)
    cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
    print(json.dumps({"tiles": tiles, "cpu_s": cpu_s, "wall_s": wall_s, "peak_mb": read_peak_mb()}))


def measure_apart(name: str, place: Place, ids: Sequence[str]) -> dict[str, float]:
    """Return what one listing takes in a process of its own; ``ids`` as by ``seed``."""
    command = [sys.executable, "-W", "ignore", __file__, "--child", name, *ids, *astuple(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def measure(place: Place, tiles: int, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Return what each lister took, by turns; typed values take so long that they get a tenth of the tiles."""
    sizes = dict.fromkeys(LISTERS, tiles) | {TYPED: tiles // 10}
    ids = {size: seed(place, size) for size in set(sizes.values())}
    runs = {name: partial(measure_apart, name, place, ids[size]) for name, size in sizes.items()}
    return run_interleaved(runs, rounds)


@contextmanager
def open_emulator(*, tls: bool) -> Iterator[Place]:
    """Yield an emulator in a process of its own."""
    import certifi

    command = [sys.executable, "-c", SERVER, json.dumps(tls)]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdin is not None
        assert server.stdout is not None
        base_url, token_url, certificate = json.loads(server.stdout.readline())
        trusted = Path(folder) / "trusted.pem"
        if certificate:
            trusted.write_text(Path(certifi.where()).read_text("utf-8") + Path(certificate).read_text("utf-8"), "utf-8")
        yield Place(base_url, token_url, str(trusted) if certificate else "")
        server.stdin.close()


def seed(place: Place, tiles: int) -> tuple[str, str]:
    """Make a collection of so many tiles and an empty one, and return their ids."""
    import urllib3

    bands = {name: {"source": name, "bandIndex": 1, "bitDepth": 16, "sampleFormat": "UINT"} for name in BANDS}
    collection = {"name": "live", "s3Bucket": "bucket", "additionalData": {"bands": bands}}
    body = {"collections": [collection | {"synthetic": tiles}, collection]}
    with urllib3.PoolManager(ca_certs=place.trusted or None) as pool:
        answer: Any = pool.request("POST", f"{place.base_url}/_emulator/seed", json=body, timeout=600).json()
    full, empty = (str(each["id"]) for each in answer["collections"])
    return full, empty


def count_requests(place: Place, collection_id: str) -> tuple[int, int, int]:
    """Return how many tiles an incremental listing shows, its requests, and those of the full listing before it."""
    from byocplan.api.client import open_read_client
    from byocplan.model.refresh import RefreshMode
    from byocplan.sets import TileSets
    from byocplan.state import LocalInventory
    from byocplan.workflow.live import LONG_COVER, Listing, look_at_tiles

    requests = []
    with tempfile.TemporaryDirectory() as folder:
        inventory = LocalInventory(Path(folder) / ".byocplan" / "inventory")
        for mode in (RefreshMode.FULL, RefreshMode.INCREMENTAL):
            with open_read_client(make_options(place)) as client, TileSets() as sets:
                listing = Listing(
                    client, sets, place.base_url, time.time_ns() // 1_000_000, mode, inventory, saves=True
                )
                tiles = look_at_tiles(collection_id, listing, LONG_COVER).live.count
                requests.append(client.requests_sent)
    return tiles, requests[1], requests[0]


def report(name: str, runs: list[dict[str, float]]) -> float:
    """Print the medians of a lister and return its CPU (µs a tile)."""
    cpu_us, wall_us = (statistics.median(1e6 * run[key] / run["tiles"] for run in runs) for key in ("cpu_s", "wall_s"))
    peak_mb = statistics.median(run["peak_mb"] for run in runs)
    print(f"{name:22} {cpu_us:10.1f} {wall_us:11.1f} {peak_mb:8.0f}   {int(runs[0]['tiles']):,}")
    return cpu_us


def compare(runs: dict[str, list[dict[str, float]]]) -> None:
    """Print the medians of all, and what is between them."""
    print(f"{'':22} {'CPU µs/tile':>10} {'wall µs/tile':>11} {'peak MB':>8}   tiles")
    ours, loop, typed = (report(name, done) for name, done in runs.items())
    print(
        f"byocplan takes {loop / ours:.1f} times less CPU a tile; {typed / ours:.1f} times less than for typed values"
    )


def main() -> None:
    """Print one line a lister."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3, help="0: only count requests")
    parser.add_argument("--plain", action="store_true", help="without TLS")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        measure_here(*arguments.child)
        return
    with open_emulator(tls=not arguments.plain) as place:
        runs = measure(place, arguments.tiles, arguments.rounds)
        tiles, few, all_requests = count_requests(place, seed(place, arguments.tiles)[0])
    if arguments.rounds:
        compare(runs)
    print(
        f"incremental listing of {tiles:,} unchanged tiles: {few} requests; full: {all_requests:,};"
        f" peak {read_peak_mb():.0f} MB"
    )


if __name__ == "__main__":
    main()
