"""Plan tile sets of up to a million tiles: CPU time, memory, output and plan file.

Each figure is of a process of its own, the sizes by turns, medians. Both sets are written straight into the engine,
which is not counted; from the comparison to the printed plan, its JSON and its plan file all is, and so is asking the
settled record, of what is desired, and seeing whether it is to be written anew. The peak is that of the process,
building included.
Paths are dates by grid squares, seven bands with an ETag each, a cover of 600 characters, live tiles in no order.

    python benchmarks/plan.py --sizes 10000 100000 1000000
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
import zipfile
from dataclasses import asdict, astuple, dataclass
from functools import partial
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

from measure import get_median, read_peak_mb, run_interleaved

from byocplan.model.address import make_address
from byocplan.model.band import Band, LiveBand
from byocplan.model.binding import Binding, Bindings
from byocplan.model.collection import Collection, LiveCollection
from byocplan.model.discovered import Discovered, SourceReport
from byocplan.model.instant import make_instant
from byocplan.model.pattern import Where, compile_pattern
from byocplan.model.source import PatternSource, TileOptions
from byocplan.planfile import open_plan_file, write_plan_file
from byocplan.planner import CollectionState, LiveCollections, PlanRequest, make_plan, plan_collection, resolve
from byocplan.sets import SourceRule, TileSets
from byocplan.sets.compare_sql import CREATE_VERDICTS
from byocplan.sets.settled import SettledHeader, read_settled, write_seen
from byocplan.sets.settled_sql import CREATE_KNOWN
from byocplan.view.plan_json import render_plan_json
from byocplan.view.plan_text import render_plan
from byocplan.view.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from byocplan.model.plan import Plan
    from byocplan.planner import PlannedPart
    from byocplan.sets import Comparison, DesiredTiles, LiveTiles
    from byocplan.sets.settled import Settled

CASES = ("no-op", "1 % changed", "all created")
#: How paths are made: with nothing in them that cannot be foretold, by square first, and with a product's checksum.
LAYOUTS = {
    "date": ("{year}/{month}/{day}/{grid}/(BAND).tif", "day || '/' || square || '/(BAND).tif'"),
    "grid": ("{grid}/{year}/{month}/{day}/(BAND).tif", "square || '/' || day || '/(BAND).tif'"),
    "product": (
        "{grid}/{year}/{month}/{day}/{product}/(BAND).tif",
        "square || '/' || day || '/' || left(md5(n::VARCHAR), 8) || '/(BAND).tif'",
    ),
}
BANDS = ("B02", "B03", "B04", "B08", "B11", "B12", "SCL")
ADDRESS = make_address("mosaic")
NOW_MS = make_instant("2025-01-01T00:00:00Z")

#: Each number below ``$tiles`` once: the factor is prime.
SCATTERED = "i * 611953 % $tiles"
#: 400 squares a day from 2015 on. ``$shift`` tells the ETags of one set from those of another.
TILES = """
SELECT n, $path AS path, square, epoch_ms(date) AS sensing_ms, array_to_string(
  list_transform([$bands], lambda b: b || '=' || md5(b || n || CASE WHEN n % 400 = 2 THEN '$shift' ELSE '' END)),
  chr(10)
) AS files
FROM (
  SELECT n, TIMESTAMP '2015-01-01' + to_days((n // 400)::INT) AS date, strftime(date, '%Y/%m/%d') AS day,
    lpad((n % 60 + 1)::VARCHAR, 2, '0') || substr('CDEFGHJKLMNPQRSTUVWX', (n % 400 // 20)::INT + 1, 1) AS square
  FROM (SELECT $number AS n FROM range($tiles) AS numbers(i))
)
"""
MAKE_DESIRED = (
    """
CREATE TABLE $desired AS
SELECT path, 0 AS source, [0] AS sources, 1000 AS newest_ms, sensing_ms, square AS grp, files, TRUE AS is_complete,
  NULL::INTEGER AS cover
FROM ("""
    + TILES
    + ") WHERE $share = 0 OR n % 400 <> 0"
)
FILL_LIVE = (
    """
INSERT INTO $live BY NAME
SELECT uuid()::VARCHAR AS id, path, 'INGESTED' AS status, files, 2000 AS created_ms, 3000 AS started_ms,
  CASE WHEN $share > 0 AND n % 400 = 3 THEN 0 ELSE sensing_ms END AS sensing_ms,
  '{"type":"Polygon","coordinates":[[' || repeat('[' || n || '.12345678,41.12345678],', 22) || '[0,0]]]}' AS cover
FROM ("""
    + TILES
    + ") WHERE $share = 0 OR n % 400 <> 1"
)


@dataclass(frozen=True, slots=True)
class Task:
    """What one process does."""

    tiles: int
    case: str
    layout: str = "date"


@dataclass(frozen=True, slots=True)
class Cost:
    """What it took. ``member_bytes`` are those of the listed creates, packed; ``read_s`` reads them all again."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    lines: float
    json_bytes: float
    file_bytes: float
    member_bytes: float
    creates: float
    read_s: float

    @classmethod
    def take_medians(cls, costs: Sequence[Cost]) -> Cost:
        """Return the median of each figure."""
        return cls(*map(get_median, zip(*map(astuple, costs), strict=True)))


def build_sets(sets: TileSets, task: Task) -> tuple[DesiredTiles, LiveTiles]:
    """Return both sets as a listing would leave them."""
    values = {
        "tiles": str(task.tiles),
        "share": "1" if task.case == "1 % changed" else "0",
        "bands": ", ".join(f"'{band}'" for band in BANDS),
        "path": LAYOUTS[task.layout][1],
    }
    desired, live = sets.make_desired([SourceRule("mosaic.yaml:9", BANDS)]), sets.make_live()
    statement = Template(MAKE_DESIRED).safe_substitute(values, shift="changed", number="i")
    desired.engine.run(statement, desired=desired.table)
    desired.count = task.tiles
    if task.case != "all created":
        shift = "" if task.case == "1 % changed" else "changed"
        live.engine.run(
            Template(FILL_LIVE).safe_substitute(
                values, shift=shift, number=SCATTERED.replace("$tiles", values["tiles"])
            ),
            live=live.table,
        )
    live.finish()
    return desired, live


def write_record(sets: TileSets, desired: DesiredTiles) -> Settled:
    """Return the settled record of an earlier look at which all that is desired was live."""
    engine, header, path = sets.engine, SettledHeader("id", "local"), sets.make_path("record.parquet")
    nothing = {name: engine.make_name(name) for name in ("verdict", "known")}
    for statement in (CREATE_VERDICTS, CREATE_KNOWN):
        engine.run(statement, **nothing)
    tables = {"desired": desired.table, "rule": desired.rule_table, "cover": desired.cover_table, **nothing}
    write_seen(engine, tables, None, header, path)
    settled = read_settled(engine, path, header)
    assert settled is not None
    return settled


def plan_sets(desired: DesiredTiles, live: LiveTiles, task: Task, settled: Settled | None) -> tuple[Plan, Comparison]:
    """Return the plan of one collection that has both sets, and the comparison behind it."""
    source = PatternSource(compile_pattern(LAYOUTS[task.layout][0]), Where(), TileOptions(), "mosaic.yaml:9")
    bands = {name: Band(name, bit_depth=16, sample_format="UINT") for name in BANDS}
    collection = Collection(ADDRESS, "mosaic", "bucket", bands=bands, sources=(source,), place="mosaic.yaml:1")
    live_bands = {name: LiveBand(name, name, 1, 16, "UINT", None) for name in BANDS}
    found = LiveCollection("id", "mosaic", "bucket", "account", bands=live_bands, is_configured=True)
    bindings = Bindings(
        "mosaic", "local", "lineage", by_address={ADDRESS: Binding(ADDRESS, "id", "mosaic", "bucket", "")}
    )
    resolution = resolve(collection, bindings, LiveCollections.index([found]))
    discovered = Discovered(ADDRESS, (SourceReport(source.place, "", keys=task.tiles),), tiles=task.tiles)
    state = CollectionState(resolution, bindings.by_address[ADDRESS], discovered, desired, live, settled=settled)
    planned = plan_collection(collection, state)
    assert planned.comparison is not None
    return assemble(planned, collection), planned.comparison


def assemble(part: PlannedPart, collection: Collection) -> Plan:
    """Return the plan of one part, with where it comes from."""
    return make_plan(PlanRequest("mosaic", "local", NOW_MS, (part,), (collection,), requests_per_minute=600))


def run_task(task: Task) -> Cost:
    """Do a task in this process."""
    with TileSets() as sets, tempfile.TemporaryDirectory() as folder:
        desired, live = build_sets(sets, task)
        settled = None if task.case == "all created" else write_record(sets, desired)
        before_s, start_s = read_cpu_s(), time.perf_counter()
        plan, comparison = plan_sets(desired, live, task, settled)
        comparison.write_settled(settled, SettledHeader("id", "local"), sets.make_path("seen.parquet"))
        text, document, path = render_plan(plan, Style()), render_plan_json(plan), Path(folder) / "plan.byocplan"
        write_plan_file(path, plan)
        cpu_s, wall_s = read_cpu_s() - before_s, time.perf_counter() - start_s
        creates, read_s = count_creates(path)
        with zipfile.ZipFile(path) as archive:
            members = sum(each.file_size for each in archive.infolist() if ".create." in each.filename)
        sizes = len(text.splitlines()), len(document), path.stat().st_size, members
        return Cost(cpu_s, wall_s, read_peak_mb(), *sizes, creates, read_s)


def count_creates(path: Path) -> tuple[int, float]:
    """Return how many creates a plan file lists, and the CPU seconds that reading them took."""
    from byocplan.model.change import TileAction

    before_s = read_cpu_s()
    with open_plan_file(path) as file:
        tiles = file.plan.collections[0].tiles
        count = sum(1 for _ in tiles.iter_changes(TileAction.CREATE)) if tiles else 0
    return count, read_cpu_s() - before_s


def read_cpu_s() -> float:
    """Return the CPU time of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure(task: Task) -> Cost:
    """Do a task in a process of its own."""
    command = [sys.executable, __file__, "--task", json.dumps(asdict(task))]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, "TZ": "UTC"})
    return Cost(**json.loads(done.stdout))


def measure_in_turn(tasks: Iterable[Task], rounds: int) -> dict[Task, Cost]:
    """Do tasks by turns, as often as there are rounds, and return the medians of each."""
    costs = run_interleaved({task: partial(measure, task) for task in tasks}, rounds)
    return {task: Cost.take_medians(each) for task, each in costs.items()}


def main() -> None:
    """Print one line a case and size, then the plan files of other layouts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--cases", choices=CASES, nargs="+", default=CASES)
    parser.add_argument("--layouts", choices=LAYOUTS, nargs="+", default=LAYOUTS)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--task", type=lambda text: Task(**json.loads(text)), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.task:
        print(json.dumps(asdict(run_task(arguments.task))))
        return
    print(f"{'case':12} {'layout':8} {'tiles':>9} {'CPU s':>7} {'growth':>7} {'wall s':>7} {'peak MB':>8}", end="")
    print(f" {'lines':>6} {'JSON kB':>8} {'file kB':>8} {'B/create':>9} {'read CPU s':>11}")
    for case in arguments.cases:
        for layout in arguments.layouts if case == "all created" else ("date",):
            costs = measure_in_turn([Task(tiles, case, layout) for tiles in arguments.sizes], arguments.rounds)
            last = None
            for task, cost in costs.items():
                report(task, cost, last)
                last = cost


def report(task: Task, cost: Cost, last: Cost | None) -> None:
    """Print a line; ``last`` is what the size before took."""
    growth = f"{cost.cpu_s / last.cpu_s:.1f}x" if last else ""
    each = f"{cost.member_bytes / cost.creates:.1f}" if cost.creates else ""
    print(
        f"{task.case:12} {task.layout:8} {task.tiles:9,} {cost.cpu_s:7.2f} {growth:>7} {cost.wall_s:7.2f}"
        f" {cost.peak_mb:8.0f} {cost.lines:6.0f} {cost.json_bytes / 1024:8.1f} {cost.file_bytes / 1024:8.0f} {each:>9}"
        f" {cost.read_s:11.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
