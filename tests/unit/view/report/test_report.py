"""The report as a file: its parts, its policy, hostile text, and a size that does not grow."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from byocplan.model.change import TileAction
from byocplan.model.collection import LiveCollection
from byocplan.model.tile import LiveTile
from byocplan.view.live_tiles import iter_geojson
from byocplan.view.report.map_report import render_map_report, tally_live
from byocplan.view.report.plan_report import render_plan_report
from tests.support.plans import make_keep, make_plan
from tests.support.report_plans import COUNTS, Squares, make_report_plan
from tests.unit.view.test_hostile_text import HOSTILE, make_hostile_plan
from tests.unit.view.test_plan_markdown import OBEYED

if TYPE_CHECKING:
    from collections.abc import Iterable


class Reader(HTMLParser):
    """Gathers the elements of a document, their attributes and texts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.texts: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.elements[-1] if self.elements else "", []).append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def get_main(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html[html.index("<main>") : html.index("</main>")])).strip()


def test_a_report_says_in_words_what_the_plan_is() -> None:
    said = get_main(render_plan_report(make_report_plan()))

    assert said == (
        "1 collection to update; 340 tiles to create, 36 to update, 118 to reingest, 64 to delete."
        " 340 create 36 update 118 reingest 64 delete 21 failed Blocked by 1 rail Rail Collection Measured Limit set in"
        " deletes collection/s2-mosaic-120m 64 of 1,739 owned tiles, over maxDeletes manifests/s2.yaml:31"
        " byocplan apply --ack deletes@collection/s2-mosaic-120m=64 + &#8722; &#9723;"
        " delete 64 failed 21 update 36 reingest 118 create 340 keep 1,500 Sensing dates All dates From To"
        " Not on the map, since no cover geometry is known before ingestion or asked for: 340 create."
        " Tiles 2,079 Collections 1 Changed fields 2 Failures 2 Notes 2 Previous Next Action Path Sensed Why Collection"
        " Collection Itself create update reingest delete failed live"
        " collection/s2-mosaic-120m byoc-s2-mosaic-120m update 340 36 118 64 21 1,739"
        " Collection Field Before After collection/s2-mosaic-120m noData null 0"
        " collection/s2-mosaic-120m bands.B08.noData null 0"
        " FAILED tiles Cause Collection 14 The file&#x27;s pixel size differs between bands collection/s2-mosaic-120m"
        " 7 Cannot read overview level &lt;n&gt; collection/s2-mosaic-120m"
        " collection/s2-mosaic-120m : 12 keys were left over Estimate: 776 requests, 2 min."
    )


def test_a_plan_without_tiles_has_no_map() -> None:
    html = render_plan_report(make_plan(make_keep()))

    assert "No changes. Live state matches the manifests." in html
    assert "<canvas" not in html


def test_the_policy_names_the_only_script_and_style_and_lets_nothing_else_in() -> None:
    html = render_plan_report(make_report_plan())

    scripts, styles = (
        re.findall(r"<script>(.*?)</script>", html, re.DOTALL),
        re.findall(r"<style>(.*?)</style>", html, re.DOTALL),
    )
    digests = [b64encode(sha256(text.encode()).digest()).decode() for text in (*scripts, *styles)]
    assert len(digests) == 2
    assert (
        f"default-src 'none'; script-src 'sha256-{digests[0]}'; style-src 'sha256-{digests[1]}';"
        " base-uri 'none'; form-action 'none'" in html
    )
    assert not re.search(r"""\b(?:src|href|srcset|action|style)=|url\(|@import|\bon[a-z]+=["']""", html)


def test_it_is_ascii_whatever_the_names_are() -> None:
    part = make_keep()
    named = replace(part, change=replace(part.change, name="Žalec 日本"))

    html = render_plan_report(make_plan(named))

    assert html.isascii()
    assert "&#381;alec &#26085;&#26412;" in html


def test_a_table_of_very_many_rows_is_cut_and_says_so() -> None:
    html = render_plan_report(make_plan(*(make_keep(f"c{number}") for number in range(1500))))

    assert html.count("unchanged</span>") == 1000
    assert "and 500 more, in --format json" in html


def test_it_names_no_address_on_the_network() -> None:
    addresses = set(re.findall(r"\w+://[^\s\"')]*", render_plan_report(make_report_plan())))

    assert addresses == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize(
    "text", [*OBEYED, *HOSTILE, '"><script>alert(1)</script>', "'onmouseover='x", "]]></script><svg onload=x>"]
)
def test_hostile_text_adds_no_element_and_no_attribute(text: str) -> None:
    html = render_plan_report(make_hostile_plan(text))
    shown, harmless = read(html), read(render_plan_report(make_hostile_plan("harmless")))

    assert shown.elements == harmless.elements
    assert shown.attributes == harmless.attributes
    assert html.replace("\n", "").isprintable()
    assert not [line for line in html.splitlines() if line.lstrip().startswith("::")]
    assert not re.search(r"##[A-Za-z]*\[", html)


def test_hostile_paths_stay_data() -> None:
    class Hostile(Squares):
        def iter_changes(self, action):  # type: ignore[no-untyped-def]
            for change in super().iter_changes(action):
                yield replace(change, path="</script><img src=x onerror=alert(1)>\u202e")

    counts = {TileAction.DELETE: 2}
    html = render_plan_report(make_report_plan(counts, Hostile(counts)))

    data = json.loads(re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[0])
    assert data["tiles"]["paths"] == ["</script><img src=x onerror=alert(1)>\\u202e"] * 2
    assert "<img" not in html


@pytest.mark.parametrize("text", [*OBEYED, *HOSTILE])
def test_hostile_live_tiles_stay_data_in_page_and_geojson(text: str) -> None:
    tile = LiveTile(text, text, text, None, text, cause=text)
    collection = LiveCollection("1", text, text)

    html = render_map_report(text, collection, tally_live(text, [tile]))
    features = "".join(iter_geojson([tile]))

    assert (
        read(html).elements
        == read(render_map_report("x", collection, tally_live("x", [replace(tile, path="x")]))).elements
    )
    assert html.replace("\n", "").isprintable()
    assert features.isascii()
    assert json.loads(features)["features"][0]["properties"]["path"] == text


def make_failed(causes: "Iterable[str | None]") -> str:
    """Return the map of live tiles that FAILED, and of one that did not."""
    tiles = [LiveTile(str(n), f"{n}/(BAND).tif", "FAILED", cause=cause) for n, cause in enumerate(causes)]
    tally = tally_live("collection/s2", [*tiles, LiveTile("x", "x/(BAND).tif", "INGESTED", cause="no failure")])
    return render_map_report("collection/s2", LiveCollection("1", "s2", "bucket"), tally)


def read_reasons(html: str) -> list[str]:
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    reasons: list[str] = json.loads(data)["tiles"]["reasons"]
    return reasons


def test_a_map_of_live_tiles_says_in_words_what_is_live_and_what_failed() -> None:
    said = get_main(make_failed(["No file a/1.tif", "No file a/2.tif", "Access Denied", " ", None]))

    assert said == (
        "collection/s2: 6 live tiles 1 INGESTED 5 FAILED + &#8722; &#9723; FAILED 5 INGESTED 1"
        " Sensing dates All dates From To"
        " Not on the map, since no cover geometry is known before ingestion or asked for: 5 FAILED, 1 INGESTED."
        " Tiles 6 Failures 3 Previous Next Status Path Sensed Why Collection"
        " FAILED tiles Cause Collection 2 No file &lt;path&gt; collection/s2 2 no cause given collection/s2"
        " 1 Access Denied collection/s2"
    )


def test_a_map_without_failures_has_no_tab_of_them() -> None:
    assert 'id="failures"' not in make_failed([])


def test_a_long_cause_is_whole_in_the_table_and_under_failures() -> None:
    cause = "The file cannot be read: " + "word " * 190 + "end"

    html = make_failed([cause])

    assert read_reasons(html)[0] == cause
    assert f"<td>{cause}</td>" in html


def test_causes_that_all_differ_are_cut_alike() -> None:
    html = make_failed(f"{number} " + "cause " * 20 for number in range(19_000))

    assert len(html) < 3_000_000
    assert {len(reason) for reason in read_reasons(html)[:-1]} == {60}


@pytest.mark.parametrize("path", ["", "é"])
def test_paths_and_causes_of_what_html_escapes_stay_under_five_megabytes(path: str) -> None:
    tiles = [LiveTile(str(n), f"{n}{path * 500}", "FAILED", cause=f"{n} " + "é<" * 100) for n in range(19_000)]

    html = render_map_report("x", LiveCollection("1", "x", "x"), tally_live("x", tiles))

    assert len(html) < 5_000_000
    assert read_reasons(html)[0].startswith("0 é<é<")


@pytest.mark.parametrize(
    "text", [*OBEYED, *HOSTILE, '"><script>alert(1)</script>', "'onmouseover='x", "]]></script><svg onload=x>"]
)
def test_hostile_causes_add_no_element_and_no_attribute(text: str) -> None:
    shown, harmless = read(make_failed([text])), read(make_failed(["harmless"]))

    assert shown.elements == harmless.elements
    assert shown.attributes == harmless.attributes


def test_tiles_that_a_plan_file_does_not_hold_are_told() -> None:
    held: dict[TileAction, int] = {**COUNTS, TileAction.KEEP: 0}

    html = render_plan_report(make_report_plan(COUNTS, Squares(held)))

    assert "Counted, but not listed in this plan: 1,500 keep." in html


@pytest.mark.sweep
def test_a_report_of_a_million_tiles_stays_under_five_megabytes() -> None:
    counts = {TileAction.KEEP: 980_000, TileAction.REINGEST: 19_000, TileAction.DELETE: 1_000}
    squares = Squares(counts, west=-180, south=-60, side=1.0, columns=360, rows=140, days=3000)

    html = render_plan_report(make_report_plan(counts, squares))

    assert len(html.encode()) < 5_000_000
