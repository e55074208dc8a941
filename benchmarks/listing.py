"""List, match and group the keys of a bucket, beside boto3's paginator with a compiled expression and a dict.

A server of canned ListObjectsV2 pages of 1,000 keys runs in a process of its own, which is not counted; ours and the
peer run in turns in processes of their own. Ours goes the whole way of a plan: listing, matching, sensing times, and
the finished desired tile set. Counted is the CPU of the process (all its threads) from the first client made to the
last tile grouped; imports are not.

    python benchmarks/listing.py --keys 210000 --rounds 5
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

sys.path.insert(0, str(Path(__file__).parent))

from measure import get_median, read_peak_mb, render_table, run_interleaved, run_measured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from measure import Cost

BUCKET = "mosaic"
BANDS = tuple(f"B{number:02d}" for number in range(1, 8))
PAGE_KEYS, BLOCK_TILES = 1_000, 1_000
BLOCK_PAGES = BLOCK_TILES * len(BANDS) // PAGE_KEYS
PATTERN = "S2/{year}/{month}/{day}/{grid}/(BAND).tif"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "any",
    "AWS_SECRET_ACCESS_KEY": "any",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
#: The element order and the members of an answer of AWS.
PAGE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    "<Name>mosaic</Name><Prefix></Prefix>{token}<KeyCount>{count}</KeyCount><MaxKeys>1000</MaxKeys>"
    "<EncodingType>url</EncodingType><IsTruncated>{more}</IsTruncated>{contents}</ListBucketResult>"
)
ENTRY = (
    "<Contents><Key>S2/@DATE@/{tile:04d}/{band}.tif</Key><LastModified>2024-03-{day:02d}T10:{minute:02d}:{second:02d}"
    ".000Z</LastModified><ETag>&quot;@BLCK@{number:026x}&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>"
    "<ChecksumType>FULL_OBJECT</ChecksumType><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
)


def make_entries(first: int, count: int) -> str:
    """Return the entries of keys of one block of tiles; its date and its number are put in when it is asked for."""
    return "".join(
        ENTRY.format(
            tile=number // len(BANDS),
            band=BANDS[number % len(BANDS)],
            day=1 + number % 28,
            minute=number // 60 % 60,
            second=number % 60,
            number=number,
            size=1_000_000 + number,
        )
        for number in range(first, first + count)
    )


def serve(keys: int) -> None:
    """Answer with canned pages until killed; the port is printed. A page costs a replacement of bytes."""
    bodies = [make_entries(page * PAGE_KEYS, PAGE_KEYS).encode() for page in range(BLOCK_PAGES)]
    last_page = max(0, (keys - 1) // PAGE_KEYS)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            page = int(query.get("continuation-token", ["0"])[0])
            block, part = divmod(page, BLOCK_PAGES)
            count = PAGE_KEYS if page < last_page else keys - last_page * PAGE_KEYS
            entries = bodies[part] if count == PAGE_KEYS else make_entries(part * PAGE_KEYS, count).encode()
            date = f"{2015 + block // 336}/{block // 28 % 12 + 1:02d}/{block % 28 + 1:02d}"
            entries = entries.replace(b"@DATE@", date.encode()).replace(b"@BLCK@", f"{block:06x}".encode())
            token = f"<NextContinuationToken>{page + 1}</NextContinuationToken>" if page < last_page else ""
            more = "true" if page < last_page else "false"
            head, tail = PAGE.replace("{contents}", "\0").format(token=token, count=count, more=more).split("\0")
            body = head.encode() + entries + tail.encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


@contextmanager
def run_server(keys: int) -> Iterator[str]:
    """Yield the address of a server in a process of its own."""
    command = [sys.executable, __file__, "--keys", str(keys), "--child", "server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def list_with_byocplan(url: str) -> Callable[[], tuple[int, int]]:
    """Return what lists the bucket into a finished desired tile set, and answers the keys and tiles found."""
    from byocplan.discovery.discover import discover_collection
    from byocplan.discovery.rule import make_source_rules
    from byocplan.discovery.s3_bucket import make_s3_bucket
    from byocplan.model.address import make_address
    from byocplan.model.collection import Collection, S3Settings
    from byocplan.model.pattern import Where, compile_pattern
    from byocplan.model.source import PatternSource
    from byocplan.sets import TileSets

    def run() -> tuple[int, int]:
        source = PatternSource(compile_pattern(PATTERN), Where(), place="mosaic.yaml:9")
        collection = Collection(make_address("mosaic"), "mosaic", BUCKET, sources=(source,))
        with TileSets() as sets:
            desired = sets.make_desired(make_source_rules(collection.sources, BANDS))
            found = discover_collection(collection, BANDS, make_s3_bucket(BUCKET, S3Settings(url)), desired)
            return found.sources[0].keys, found.tiles + found.incomplete

    return run


def list_with_boto3(url: str) -> Callable[[], tuple[int, int]]:
    """Return what lists with boto3's paginator as shipped, matches key by key, and groups into a dict of tiles."""
    import boto3

    bands = "|".join(BANDS)
    regex = re.compile(rf"(S2/(?P<year>\d{{4}})/(?P<month>\d+)/(?P<day>\d+)/(?P<grid>[^/]+)/)(?P<band>{bands})\.tif")

    def run() -> tuple[int, int]:
        tiles: dict[str, dict[str, str]] = {}
        keys = 0
        client = boto3.client("s3", endpoint_url=url)
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
            for entry in page.get("Contents", []):
                match = regex.fullmatch(entry["Key"])
                if match:
                    keys += 1
                    tiles.setdefault(f"{match[1]}(BAND).tif", {})[match["band"]] = entry["ETag"].strip('"')
        return keys, len(tiles)

    return run


WAYS: dict[str, Callable[[str], Callable[[], tuple[int, int]]]] = {
    "byocplan": list_with_byocplan,
    "boto3 + re + dict": list_with_boto3,
}


def measure_way(name: str, url: str) -> None:
    """Print what one way took, as JSON."""
    run = WAYS[name](url)
    start_s, start_cpu_s = time.perf_counter(), time.process_time()
    keys, tiles = run()
    cpu_s, wall_s = time.process_time() - start_cpu_s, time.perf_counter() - start_s
    figures = {"cpu_s": cpu_s, "wall_s": wall_s, "peak_mb": read_peak_mb()}
    print(json.dumps({"keys": keys, "tiles": tiles, **figures}))


def start_way(name: str, url: str, keys: int) -> Cost:
    """Run one way in a process of its own; exits when it fails or loses keys."""
    cost = run_measured([sys.executable, __file__, "--child", name, "--url", url], ENVIRONMENT)
    if cost.code or json.loads(cost.output)["keys"] != keys:
        sys.exit(f"{name} failed: exit {cost.code}, {cost.output}")
    return cost


def render(costs: dict[str, list[Cost]], keys: dict[str, int]) -> str:
    """Return a row for each way; figures are medians."""
    answers = {name: [json.loads(cost.output) for cost in each] for name, each in costs.items()}
    figures: dict[str, dict[str, float]] = {
        name: {key: get_median([answer[key] for answer in each]) for key in each[0]} for name, each in answers.items()
    }
    each_us = {name: 1e6 * figure["cpu_s"] / keys[name] for name, figure in figures.items()}
    rows = [
        [
            name,
            f"{keys[name]:,}",
            f"{figure['tiles']:,.0f}",
            f"{figure['wall_s']:.2f}",
            f"{figure['cpu_s']:.2f}",
            f"{each_us[name]:.1f}",
            f"{figure['peak_mb']:.0f}",
            f"{each_us['boto3 + re + dict'] / each_us[name]:.1f}",
        ]
        for name, figure in figures.items()
    ]
    return render_table(["way", "keys", "tiles", "wall s", "CPU s", "CPU µs a key", "peak MB", "× peer"], rows)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=210_000)
    parser.add_argument("--peer-keys", type=int, help="fewer keys for the peer, which takes long (default: as many)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--child", choices=["server", *WAYS], help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    arguments: Any = parser.parse_args()
    if arguments.child == "server":
        serve(arguments.keys)
    elif arguments.child:
        measure_way(arguments.child, arguments.url)
    else:
        ours, peer = WAYS
        keys = {ours: arguments.keys, peer: arguments.peer_keys or arguments.keys}
        with run_server(keys[ours]) as url, run_server(keys[peer]) as peer_url:
            runs = {
                ours: partial(start_way, ours, url, keys[ours]),
                peer: partial(start_way, peer, peer_url, keys[peer]),
            }
            print(render(run_interleaved(runs, arguments.rounds), keys))


if __name__ == "__main__":
    main()
