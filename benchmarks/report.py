"""How heavy a report is, and how long the longest task while its map is panned.

    python benchmarks/report.py

Makes reports of 20,000 and of a million made-up tiles in a temporary folder, prints seconds and bytes, opens each in a
headless Chromium where there is one, pans and zooms for some seconds, and prints the tasks over 50 ms that the browser
counted (the Long Tasks API tells of no shorter ones).
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from byocplan.model.change import TileAction
from byocplan.view.report.plan_report import render_plan_report
from tests.support.browser import Browser, find_browser
from tests.support.report_plans import Squares, make_report_plan

DRAWN = {
    TileAction.KEEP: 15_000,
    TileAction.REINGEST: 3_000,
    TileAction.UPDATE: 1_000,
    TileAction.DELETE: 900,
    TileAction.FAILED: 100,
}
MANY = {TileAction.KEEP: 980_000, TileAction.REINGEST: 15_000, TileAction.DELETE: 4_000, TileAction.FAILED: 1_000}
CASES = {
    "20,000 footprints": Squares(DRAWN, west=-170, south=-60, side=1.0, columns=340, rows=140, days=1500),
    "a million tiles": Squares(MANY, west=-180, south=-60, side=1.0, columns=360, rows=140, days=3000),
}
PAN = """
new Promise((done) => {
  const tasks = [];
  const watcher = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((each) => each.duration)));
  watcher.observe({ type: "longtask" });
  const { camera, ask } = byocplanMap;
  let frame = 0;
  let last = performance.now();
  const gaps = [];
  const step = (now) => {
    gaps.push(now - last);
    last = now;
    camera.pan(Math.cos(frame / 20) * 12, Math.sin(frame / 13) * 6);
    if (frame % 40 === 20) camera.zoom(1.3);
    if (frame % 40 === 0) camera.zoom(1 / 1.3);
    ask();
    if (++frame < 240) requestAnimationFrame(step);
    else setTimeout(() => done({ tasks, gaps: gaps.slice(1) }), 200);
  };
  requestAnimationFrame(step);
})
"""


def main() -> None:
    """Print a line a report, and one for what its map did."""
    command = find_browser()
    with tempfile.TemporaryDirectory() as folder:
        for name, squares in CASES.items():
            path = Path(folder) / "report.html"
            begun = time.perf_counter()
            path.write_text(render_plan_report(make_report_plan(squares.counts, squares)), encoding="utf-8")
            print(f"{name}: made in {time.perf_counter() - begun:.1f} s, {path.stat().st_size:,} bytes")
            if command:
                measure(command, Path(folder), path)


def measure(command: str, folder: Path, report: Path) -> None:
    """Open a report, pan its map, and print what took long."""
    browser = Browser.start(command, folder / "profile")
    try:
        browser.resize(1280, 900)
        browser.open(report)
        browser.wait("window.byocplanMap && byocplanMap.isIdle()")
        found = browser.evaluate(PAN)
    finally:
        browser.close()
    tasks, gaps = found["tasks"], sorted(found["gaps"])
    print(
        f"  panning 240 frames: {len(tasks)} tasks over 50 ms, longest {max(tasks, default=0):.0f} ms;"
        f" frames {gaps[len(gaps) // 2]:.0f} ms apart in the median, {gaps[-1]:.0f} ms at most"
    )


if __name__ == "__main__":
    main()
