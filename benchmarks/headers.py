"""Read and judge COG headers over ranges, beside rasterio's ``/vsicurl`` and ``/vsis3`` on the same server.

The server is a process of its own and answers every key with the header of one COG file, after ``--latency-ms``. Each
candidate runs in a process of its own, one after the other, round by round; medians are printed. CPU is the client's.
rasterio opens each file and asks for its system, blocks, types and overviews; it judges nothing.

    python benchmarks/headers.py --files 1000 --rounds 5
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.queues import Queue

FILES_A_TASK = 50
PEER_THREADS = 16
#: What GDAL's documentation advises for COGs behind a network.
GDAL = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".tif",
    "GDAL_INGESTED_BYTES_AT_OPEN": "32768",
    "GDAL_HTTP_MULTIPLEX": "YES",
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
}


def make_file() -> bytes:
    """Return a COG of 4096 x 4096 pixels with overviews."""
    import numpy as np
    from rasterio.io import MemoryFile
    from rasterio.transform import from_origin

    pixels = (np.arange(4096 * 4096, dtype=np.uint32) % 251).astype(np.uint16).reshape(1, 4096, 4096)
    place = {"crs": "EPSG:32633", "transform": from_origin(500_000, 5_200_000, 10, 10)}
    with MemoryFile() as memory:
        with memory.open(driver="COG", width=4096, height=4096, count=1, dtype="uint16", **place) as dataset:
            dataset.write(pixels)
        return bytes(memory.read())


def serve(port: Queue[int], data: bytes, latency_s: float) -> None:
    """Answer GET and HEAD with the file, whatever the key."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16

        def do_HEAD(self) -> None:
            self.reply(b"", 200, {"Content-Length": str(len(data)), "Accept-Ranges": "bytes"})

        def do_GET(self) -> None:
            time.sleep(latency_s)
            first, last = self.headers.get("Range", f"bytes=0-{len(data) - 1}")[len("bytes=") :].split("-")
            body = data[int(first) : int(last) + 1]
            span = f"bytes {first}-{int(first) + len(body) - 1}/{len(data)}"
            self.reply(body, 206, {"Content-Length": str(len(body)), "Content-Range": span})

        def reply(self, body: bytes, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "ETag": '"one"'}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.request_queue_size = 256
    port.put(server.server_port)
    server.serve_forever()


def run_byocplan(executor: Executor, url: str, files: int) -> int:
    """Judge the files as preflight does, and return how many there were."""
    from byocplan.discovery.s3_ranges import open_s3_ranges
    from byocplan.model.collection import S3Settings
    from byocplan.workflow.fan_out import iter_results
    from byocplan.workflow.preflight_task import PreflightTask, TileFiles, judge_tiles

    settings = S3Settings(endpoint_url=url, region="eu-central-1")
    tiles = [TileFiles(f"{number:07d}/(BAND).tif", ("B1",)) for number in range(files)]
    tasks = [
        PreflightTask("bucket", settings, (), tuple(tiles[at : at + FILES_A_TASK]), open_s3_ranges)
        for at in range(0, files, FILES_A_TASK)
    ]
    with executor:
        return sum(len(verdicts) for verdicts in iter_results(executor, judge_tiles, tasks, 64))


def run_rasterio(prefix: str, files: int, threads: int) -> int:
    """Open the files with rasterio and return how many could be."""
    import rasterio

    def look(number: int) -> int:
        with rasterio.open(f"{prefix}/{number:07d}/B1.tif") as dataset:
            facts = (dataset.crs.to_epsg(), dataset.block_shapes, dataset.dtypes, dataset.overviews(1))
        return bool(facts)

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(look, range(files)))


CANDIDATES: dict[str, Callable[[str, int], int]] = {
    "byocplan, 4 threads": lambda url, files: run_byocplan(ThreadPoolExecutor(4), url, files),
    "byocplan, 2 processes": lambda url, files: run_byocplan(
        ProcessPoolExecutor(2, multiprocessing.get_context("spawn")), url, files
    ),
    "rasterio /vsicurl": lambda url, files: run_rasterio(f"/vsicurl/{url}/bucket", files, PEER_THREADS),
    "rasterio /vsis3": lambda _, files: run_rasterio("/vsis3/bucket", files, PEER_THREADS),
}


def get_cpu_s() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))


def run_one(name: str, url: str, files: int) -> None:
    """Print what one candidate took, as JSON; the libraries are loaded by a first few files."""
    candidate = CANDIDATES[name]
    candidate(url, 8)
    start_s, cpu_s = time.perf_counter(), get_cpu_s()
    done = candidate(url, files)
    print(json.dumps({"wall_s": time.perf_counter() - start_s, "cpu_s": get_cpu_s() - cpu_s, "files": done}))


def measure(name: str, url: str, files: int) -> dict[str, float]:
    """Run one candidate in a process of its own."""
    host = url.removeprefix("http://")
    environment = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_S3_ENDPOINT": host}
    environment |= GDAL | {"AWS_HTTPS": "NO", "AWS_VIRTUAL_HOSTING": "FALSE", "AWS_REGION": "eu-central-1"}
    command = [sys.executable, __file__, "--one", name, "--url", url, "--files", str(files)]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    took: dict[str, float] = json.loads(done.stdout)
    if took["files"] != files:
        raise SystemExit(f"{name}: {took['files']} of {files} files")
    return took


def main() -> None:
    """Print one line a candidate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        run_one(arguments.one, arguments.url, arguments.files)
        return
    context = multiprocessing.get_context("spawn")
    port: Queue[int] = context.Queue()
    server = context.Process(target=serve, args=(port, make_file(), arguments.latency_ms / 1000), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{port.get(timeout=30)}"
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in CANDIDATES}
    for _ in range(arguments.rounds):
        for name, runs in taken.items():
            runs.append(measure(name, url, arguments.files))
    server.terminate()
    print(f"{'candidate':24} {'headers/s':>10} {'CPU ms a header':>16}")
    for name, runs in taken.items():
        rate = statistics.median(arguments.files / run["wall_s"] for run in runs)
        cpu_ms = statistics.median(1000 * run["cpu_s"] / arguments.files for run in runs)
        print(f"{name:24} {rate:10,.0f} {cpu_ms:16.2f}")


if __name__ == "__main__":
    main()
