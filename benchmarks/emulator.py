"""What the emulator itself costs at several numbers of tiles: to seed, to serve, to write to.

The emulator runs in this process and a plain ``http.client`` loop in another, so that this process' CPU time is the
server's alone. Prints one Markdown table, a column a size.

    python benchmarks/emulator.py --tiles 10000 100000 1000000 --store file
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from byocplan.emulator import Emulator, EmulatorSettings
from byocplan.emulator.service.seed import seed
from byocplan.emulator.synthetic import make_path

BANDS = ("B01", "B02", "B03", "B04", "B08", "B11", "B12")
#: Nothing listens there: with check ``none`` nobody asks.
NO_S3 = "http://127.0.0.1:9"
FORM = urlencode({"grant_type": "client_credentials", "client_id": "emulator", "client_secret": "any"})
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the table: what the client does, how often, with which query."""

    title: str
    kind: str
    times: int
    query: str = ""


JOBS = (
    Job("page, created:asc", "pages", 1000, "?sort=created%3Aasc"),
    Job("page, created:desc", "pages", 1000, "?sort=created%3Adesc"),
    Job("page, status=INGESTED", "pages", 1000, "?status=INGESTED"),
    Job("page, path:desc", "pages", 500, "?sort=path%3Adesc"),
    Job("list, status=FAILED (empty)", "get", 500, "?status=FAILED"),
    Job("list, path= (one tile)", "get", 500, "?" + urlencode({"path": make_path(7777)})),
    Job("POST tile, ingested", "create", 2000),
    Job("DELETE tile", "delete", 2000),
    Job("POST, GET collection, DELETE", "metadata", 200),
)


class Client:
    """One connection; what it made is deleted by a later job."""

    def __init__(self, host: str) -> None:
        self.origin, self.connection = f"http://{host}", HTTPConnection(host)
        self.connection.request("POST", "/oauth/token", FORM, FORM_TYPE)
        token = json.loads(self.connection.getresponse().read())["access_token"]
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.made: list[str] = []

    def ask(self, method: str, path: str, document: object = None) -> bytes:
        """Send one request and return the body."""
        self.connection.request(method, path, json.dumps(document) if document else None, self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {body[:200]!r}")
        return body

    def create(self, tiles: str) -> str:
        """Create one tile and return its id."""
        document = {"path": f"new/{time.perf_counter_ns()}/(BAND).tif", "sensingTime": "2031-01-01T00:00:00Z"}
        return str(json.loads(self.ask("POST", tiles, document))["data"]["id"])

    def run(self, kind: str, path: str, times: int) -> tuple[int, int]:
        """Do one job and return the number of its turns and of the bytes read."""
        count = size = 0
        while count < times and path:
            count += 1
            if kind in {"pages", "get"}:
                body = self.ask("GET", path)
                size += len(body)
                # The links stand at the end; a JSON reader would take longer than the server.
                links = json.loads(body[body.rindex(b'"links":') + 8 : -1])
                path = links.get("next", "").removeprefix(self.origin) if kind == "pages" else path
            elif kind == "create":
                self.made.append(self.create(path))
            elif kind == "delete":
                self.ask("DELETE", f"{path}/{self.made.pop()}")
            else:
                made = self.create(path)
                self.ask("GET", path.removesuffix("/tiles"))
                self.ask("DELETE", f"{path}/{made}")
        return count, size


def serve_jobs(host: str) -> None:
    """Do the jobs that come in, one a line. The body of the client's process."""
    client = Client(host)
    for line in sys.stdin:
        print(json.dumps(client.run(*json.loads(line))), flush=True)


def run_job(client: subprocess.Popen[bytes], emulator: Emulator, job: Job, tiles: str) -> str:
    """Return the server's CPU milliseconds a turn, and the client's wall time."""
    assert client.stdin is not None
    assert client.stdout is not None
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    client.stdin.write(json.dumps([job.kind, tiles + job.query, job.times]).encode() + b"\n")
    client.stdin.flush()
    count, size = json.loads(client.stdout.readline())
    if job.kind == "create":
        wait_ingested(emulator)
    cpu_ms = (time.process_time() - cpu_s) * 1000 / count
    wall_ms = (time.perf_counter() - wall_s) * 1000 / count
    return f"{cpu_ms:.2f} / {wall_ms:.2f}" + (f" ({size / count / 1000:.0f} kB)" if job.kind == "pages" else "")


def wait_ingested(emulator: Emulator) -> None:
    """Return when no tile waits for ingestion any more."""
    assert emulator.state is not None
    pending = "SELECT 1 FROM tile WHERE status IN ('WAITING', 'QUEUED', 'INGESTING') LIMIT 1"
    while emulator.state.database.read_all(pending):
        time.sleep(0.01)


def make_seed(tiles: int) -> dict[str, Any]:
    """Return a seed of one collection with seven bands."""
    bands = {name: {"bitDepth": 16, "sampleFormat": "UINT"} for name in BANDS}
    return {"name": "many", "s3Bucket": "many", "additionalData": {"bands": bands}, "synthetic": tiles}


def measure_seed(emulator: Emulator, tiles: int) -> tuple[str, dict[str, str]]:
    """Seed; return the collection's id and the cells."""
    assert emulator.state is not None
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    (seeded,) = seed(emulator.state, {"collections": [make_seed(tiles)]})
    cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
    rows = [emulator.state.database.read_all(f"PRAGMA {name}")[0][0] for name in ("page_count", "page_size")]
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
    return str(seeded["id"]), {
        "seed, s (CPU / wall)": f"{cpu_s:.1f} / {wall_s:.1f}",
        "store, MB": f"{int(str(rows[0])) * int(str(rows[1])) / 1e6:.0f}",
        "memory for seeding, MB": f"{grown_kb / 1000:.0f}",
    }


def measure(tiles: int, store: str) -> dict[str, str]:
    """Return the cells of one column, by title."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        place = str(Path(folder) / "store.sqlite") if store == "file" else ":memory:"
        settings = EmulatorSettings(port=0, check="none", s3=NO_S3, store=place)
        emulator = stack.enter_context(Emulator(settings))
        identity, cells = measure_seed(emulator, tiles)
        command = [sys.executable, __file__, "--client", emulator.base_url.partition("//")[2]]
        client = stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        for job in JOBS:
            cells[job.title] = run_job(client, emulator, job, f"/api/v1/byoc/collections/{identity}/tiles")
        assert client.stdin is not None
        client.stdin.close()
        client.wait()
    return cells


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiles", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--store", choices=["memory", "file"], default="memory")
    parser.add_argument("--client", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.client:
        serve_jobs(arguments.client)
        return
    sizes = sorted(arguments.tiles)
    columns = [measure(tiles, arguments.store) for tiles in sizes]
    print("| ms of server CPU / of wall | " + " | ".join(f"{tiles:,} tiles" for tiles in sizes) + " |")
    print("|---|" + "---|" * len(sizes))
    for title in columns[0]:
        print(f"| {title} | " + " | ".join(column[title] for column in columns) + " |")


if __name__ == "__main__":
    main()
