"""The report in a browser, from disk: nothing is asked for, nothing is wrong, and it can be used by keyboard alone."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from byocplan.model.change import TileAction
from byocplan.model.instant import make_instant
from byocplan.model.plan import Plan
from byocplan.view.report.plan_report import render_plan_report
from tests.support.browser import Browser
from tests.support.report_plans import DAY_MS, Squares, make_report_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.model.change import TileChange

IDLE = "window.byocplanMap && byocplanMap.isIdle()"
HOSTILE = "<img src=http://127.0.0.1:9/x onerror=window.pwned=1>\"'</script><script>window.pwned=1</script>"


@dataclass(frozen=True, slots=True)
class HostileSquares(Squares):
    """Squares whose paths are HTML."""

    def iter_changes(self, action: TileAction) -> "Iterator[TileChange]":
        for change in Squares.iter_changes(self, action):
            yield replace(change, path=HOSTILE)


def show(browser: Browser, folder: Path, plan: Plan | None = None) -> None:
    path = folder / "report.html"
    path.write_text(render_plan_report(plan or make_report_plan()), encoding="utf-8")
    browser.open(path)
    browser.wait(IDLE)


def get_text(browser: Browser, selector: str) -> str:
    text: str = browser.evaluate(f"document.querySelector({selector!r}).textContent")
    return text


def focus(browser: Browser, selector: str) -> None:
    browser.evaluate(f"document.querySelector({selector!r}).focus()")


def count_colors(browser: Browser) -> int:
    """Return how many different colours the map has, of a sample of its points."""
    count: int = browser.evaluate(
        "(() => { const c = document.getElementById('map'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " const s = new Set(); for (let i = 0; i < d.length; i += 404) s.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]); return s.size; })()"
    )
    return count


def test_it_opens_from_disk_and_asks_for_nothing(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path)

    assert browser.list_requests() == [(tmp_path / "report.html").as_uri()]
    assert browser.list_complaints() == []
    assert count_colors(browser) > 6


def test_the_policy_holds_back_what_a_script_would_load(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path)

    blocked = browser.evaluate(
        "new Promise(r => { document.addEventListener('securitypolicyviolation', e => r(e.effectiveDirective));"
        " document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/x.png'})); })"
    )

    assert blocked == "img-src"


def test_hostile_paths_are_shown_and_do_nothing(browser: Browser, tmp_path: Path) -> None:
    counts = {TileAction.DELETE: 3}
    show(browser, tmp_path, make_report_plan(counts, HostileSquares(counts)))

    browser.evaluate("byocplanMap.canvas.dispatchEvent(new PointerEvent('pointermove', {clientX: 640, clientY: 500}))")

    assert get_text(browser, "#rows td.path") == HOSTILE
    assert browser.evaluate("window.pwned") is None
    assert browser.evaluate("document.querySelectorAll('img').length") == 0
    assert browser.list_requests() == [(tmp_path / "report.html").as_uri()]
    assert browser.list_complaints() == []


def test_tabs_are_walked_with_arrows(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path)
    focus(browser, "[role=tab]")

    browser.press("ArrowRight", "ArrowRight")
    third = browser.evaluate("document.activeElement.id")
    shown = browser.evaluate("[...document.querySelectorAll('[role=tabpanel]')].filter(e => !e.hidden).map(e => e.id)")
    browser.press("End")
    last = browser.evaluate("document.activeElement.id")
    browser.press("ArrowRight")

    assert (third, shown, last) == ("tab-fields", ["fields"], "tab-notes")
    assert browser.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"
    assert browser.evaluate("document.activeElement.id") == "tab-tiles"


def test_a_search_narrows_the_table(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path)
    focus(browser, "#search")

    browser.press(*"delete")
    browser.wait("document.getElementById('found').textContent.startsWith('64 of')")
    browser.press("Tab", "Enter")

    assert get_text(browser, "#page") == "page 2 of 2"
    assert browser.evaluate("document.querySelectorAll('#rows tr').length") == 14


def test_the_table_has_the_time_before_and_after_of_updates(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path)
    focus(browser, "#search")

    browser.press(*"update")
    browser.wait("document.getElementById('found').textContent.startsWith('36 of')")

    sensed = get_text(browser, "#rows td:nth-child(3)")
    before, after = (make_instant(time) for time in sensed.split(" → "))
    assert before - after == DAY_MS
    assert get_text(browser, "#rows td:nth-child(4)") == "sensingTime"


def test_the_slider_narrows_map_and_table_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path)
    focus(browser, "#from")

    browser.press("End", "ArrowLeft")

    assert browser.evaluate("document.getElementById('from').getAttribute('aria-valuetext')") == "2019-11"
    assert get_text(browser, "#span") == "2019-11 to 2019-12"
    months = browser.evaluate(
        "[...new Set([...document.querySelectorAll('#rows td:nth-child(3)')].map(e => e.textContent.slice(0, 7)))].sort()"
    )
    assert months == ["2019-11", "2019-12"]


def test_an_action_that_is_unticked_is_gone_from_map_and_table(browser: Browser, tmp_path: Path) -> None:
    counts = {TileAction.DELETE: 40}
    show(browser, tmp_path, make_report_plan(counts))
    before = count_colors(browser)
    focus(browser, "#legend input")

    browser.press(" ")
    browser.wait(IDLE)

    assert get_text(browser, "#found") == "0 of 40 listed tiles"
    assert count_colors(browser) < before


def test_the_map_is_moved_and_zoomed_by_keys(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path)
    focus(browser, "#map")
    camera = "({x: byocplanMap.camera.x, y: byocplanMap.camera.y, scale: byocplanMap.camera.scale})"
    before = browser.evaluate(camera)

    browser.press("+", "+", "ArrowRight", "ArrowUp")
    after = browser.evaluate(camera)
    browser.press("0")

    assert after["scale"] == pytest.approx(before["scale"] * 2.25)
    assert after["x"] > before["x"]
    assert after["y"] > before["y"]
    assert browser.evaluate(camera) == pytest.approx(before)


def test_footprints_over_the_antimeridian_are_shown_in_one_place(browser: Browser, tmp_path: Path) -> None:
    squares = Squares({TileAction.DELETE: 300}, west=171.0, south=-30.0, side=0.9, columns=20, rows=15)

    show(browser, tmp_path, make_report_plan(squares.counts, squares))

    extent = browser.evaluate("readReport().extent")
    assert extent["west"] == 171
    assert extent["east"] == pytest.approx(189, abs=1)


def test_colours_follow_the_system_and_the_button(browser: Browser, tmp_path: Path) -> None:
    page = "getComputedStyle(document.body).backgroundColor"
    show(browser, tmp_path)
    light = browser.evaluate(page)

    browser.prefer("dark")
    dark = browser.evaluate(page)
    browser.evaluate("document.getElementById('theme').click()")
    chosen = browser.evaluate(page)

    assert light == chosen == "rgb(247, 247, 245)"
    assert dark == "rgb(18, 22, 26)"
    assert browser.evaluate("document.getElementById('theme').getAttribute('aria-label')") == "Use dark colours"


def test_a_phone_scrolls_in_one_direction_alone(browser: Browser, tmp_path: Path) -> None:
    browser.resize(360, 740)

    show(browser, tmp_path)

    assert browser.evaluate("document.documentElement.scrollWidth") == 360


def test_everything_that_can_be_used_has_a_name(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path)

    nodes = browser.send("Accessibility.getFullAXTree")["nodes"]

    used = {"button", "checkbox", "slider", "searchbox", "tab", "application", "table", "image"}
    named = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    found = [each for each in named if each[0] in used]
    assert {role for role, _ in found} >= {"button", "checkbox", "slider", "searchbox", "tab", "application"}
    assert [role for role, name in found if not name and role != "table"] == []


def test_cells_stand_for_tiles_too_many_to_draw(browser: Browser, tmp_path: Path) -> None:
    counts = {TileAction.KEEP: 25_000}
    show(browser, tmp_path, make_report_plan(counts, Squares(counts, side=1.0, columns=60)))

    assert "cells of 1 degree, by month: keep." in get_text(browser, ".notes")
    assert get_text(browser, "#found") == "500 of 500 listed tiles"
    assert browser.evaluate("byocplanMap.scene.cells.size") == 60 * 24
    assert browser.list_complaints() == []
