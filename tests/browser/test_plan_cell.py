"""A plan in a cell of a notebook, in a browser: it asks for nothing, runs nothing, and looks as its notebook does."""

from pathlib import Path

import pytest

from byocplan.model.plan import Plan
from byocplan.view.plan_cell import render_plan_cell
from tests.support.browser import Browser
from tests.support.report_plans import make_report_plan
from tests.unit.view.test_hostile_text import make_hostile_plan

HOSTILE = "</style></div><script>window.pwned=1</script><img src=http://127.0.0.1:9/x onerror=window.pwned=1>\"'"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(27, 33, 39)"


def show(browser: Browser, folder: Path, plan: Plan, body: str = "") -> None:
    """Open a page with a paragraph and a table of its own around the cell, as notebooks have them."""
    path = folder / "cell.html"
    cell = render_plan_cell(plan)
    path.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><body {body}><p id="own">own</p>{cell}<table><tr><td id="beside">x</table>',
        encoding="utf-8",
    )
    browser.open(path)


def get_style(browser: Browser, selector: str, name: str) -> str:
    value: str = browser.evaluate(f"getComputedStyle(document.querySelector({selector!r})).{name}")
    return value


def test_it_asks_for_nothing_and_nothing_is_wrong(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, make_report_plan())

    assert [url for url in browser.list_requests() if not url.startswith("file:")] == []
    assert browser.list_complaints() == []


def test_hostile_names_are_text(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, make_hostile_plan(HOSTILE))

    assert browser.evaluate("window.pwned === undefined")
    assert browser.evaluate("document.querySelectorAll('img, script, a').length") == 0
    assert browser.evaluate("document.querySelector('.byocplan-cell .foot').closest('.byocplan-cell') !== null")
    assert [url for url in browser.list_requests() if not url.startswith("file:")] == []


@pytest.mark.parametrize(
    ("scheme", "body", "paper"),
    [
        ("light", "", LIGHT),
        ("dark", "", DARK),
        ("dark", 'data-jp-theme-light="true"', LIGHT),
        ("light", 'data-jp-theme-light="false"', DARK),
        ("light", 'class="vscode-dark"', DARK),
        ("dark", 'class="vscode-light"', LIGHT),
    ],
)
def test_it_is_light_or_dark_as_the_notebook_is(
    scheme: str, body: str, paper: str, browser: Browser, tmp_path: Path
) -> None:
    browser.prefer(scheme)

    show(browser, tmp_path, make_report_plan(), body)

    assert get_style(browser, ".byocplan-cell", "backgroundColor") == paper


def test_its_style_stays_within(browser: Browser, tmp_path: Path) -> None:
    show(browser, tmp_path, make_report_plan())

    assert get_style(browser, "#own", "fontSize") == "16px"
    assert get_style(browser, "#beside", "paddingRight") == "1px"
    assert get_style(browser, ".byocplan-cell td", "paddingRight") == "12px"


def test_it_is_as_wide_as_its_cell(browser: Browser, tmp_path: Path) -> None:
    browser.resize(420, 800)

    show(browser, tmp_path, make_report_plan())

    assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
