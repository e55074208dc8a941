"""What the cell of a notebook shows of a plan."""

import re
from html.parser import HTMLParser

import pytest

from byocplan.model.change import Action, Reason, TileAction
from byocplan.view.plan_cell import render_plan_cell
from tests.support.plans import make_change, make_keep, make_part, make_plan, make_rail, make_set
from tests.support.report_plans import make_report_plan, make_square
from tests.unit.view.test_hostile_text import HOSTILE, make_hostile_plan

MARKUP = "</style></div><script>alert(1)</script><img src=//x onerror=alert(1)>\"'<a href=javascript:x>"
NAMES = {"div", "style", "p", "b", "code", "pre", "span", "ul", "li", "section", "h2", "table", "thead", "tbody", "tr"}
NAMES |= {"th", "td", "br", "details", "summary", "small", "svg", "path"}
ATTRIBUTES = {"class", "scope", "aria-label", "role", "viewbox", "fill", "stroke", "d"}


class Seen(HTMLParser):
    """Gathers the names of elements and attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_it_says_what_would_be_done_and_what_blocks_it() -> None:
    text = Seen(render_plan_cell(make_report_plan())).text

    assert "1 collection to update; 340 tiles to create" in text
    assert "Blocked by 1 rail" in text
    assert "--ack deletes@collection/s2-mosaic-120m=64" in text
    assert "files gone from the bucket" in text
    assert "an apply would be blocked" in text


def test_nothing_to_do_is_a_sentence_without_a_table() -> None:
    seen = Seen(render_plan_cell(make_plan(make_keep())))

    assert "No changes. Live state matches the manifests." in seen.text
    assert "table" not in seen.names


def test_a_collection_that_changes_itself_says_why() -> None:
    part = make_part(make_change(Action.CREATE, reason=Reason.NOT_LIVE), make_set(TileAction.CREATE, 3))
    blocked = make_part(make_change(Action.KEEP, "b", blocked="two documents stand for it"))

    text = Seen(render_plan_cell(make_plan(part, blocked))).text

    assert "create collectionnot live yet" in text
    assert "blockedtwo documents stand for it" in text


def test_it_has_no_script_no_link_and_no_name_of_its_own() -> None:
    cell = render_plan_cell(make_report_plan(), {TileAction.DELETE: [make_square(10, 50, 1)]})

    seen = Seen(cell)
    assert seen.names <= NAMES
    assert seen.attributes == ATTRIBUTES
    assert not re.search(r"url\(|@import|https?:|//", cell)


def test_its_style_touches_nothing_outside_of_it() -> None:
    style = re.sub(r"(?s).*<style>(.*)</style>.*", r"\1", render_plan_cell(make_plan()))

    outer = re.sub(r"(?s)\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", "", style)
    selectors = [each.strip() for line in outer.splitlines() for each in line.split(",") if each.strip()]
    assert len(selectors) > 5
    assert [each for each in selectors if ".byocplan-cell" not in each.split()[-1]] == []


def test_it_stays_small_whatever_the_number_of_collections() -> None:
    parts = [make_part(make_change(name=f"c{n}"), make_set(TileAction.CREATE, 10**6)) for n in range(500)]

    cell = render_plan_cell(make_plan(*parts))

    assert "and 960 more changes: see <code>to_dict()</code>" in cell
    assert len(cell) < 20_000


@pytest.mark.parametrize("text", [*HOSTILE, MARKUP], ids=range(len(HOSTILE) + 1))
def test_hostile_texts_are_shown_and_do_nothing(text: str) -> None:
    cell = render_plan_cell(make_hostile_plan(text))

    seen = Seen(cell)
    assert all(line.isprintable() for line in cell.split("\n"))
    assert seen.names <= NAMES
    assert seen.attributes <= ATTRIBUTES


def test_markup_in_a_name_is_text() -> None:
    rail = make_rail(text=MARKUP)

    assert MARKUP in Seen(render_plan_cell(make_plan(rails=[rail]))).text
