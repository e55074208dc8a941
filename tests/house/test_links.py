"""Every relative link in a Markdown file of the repository leads somewhere, and every page is in the site's contents."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "examples").rglob("*.md")])

FENCED = re.compile(r"^( *)(```+)[^\n]*\n.*?^\1\2`*$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
TOCTREE = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def read_prose(page: Path) -> str:
    return FENCED.sub("", page.read_text(encoding="utf-8"))


@cache
def read_anchors(page: Path) -> frozenset[str]:
    """Return the anchors that a code host and the site give to the page's headings."""
    titles = [LINK.sub("]", title).replace("`", "") for title in HEADING.findall(read_prose(page))]
    return frozenset(re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles)


def find_fault(page: Path, link: str) -> str | None:
    """Return what is wrong with a link; external ones are not looked at."""
    if re.match(r"[a-z]+:", link):
        return None
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.is_relative_to(ROOT) or not target.is_file():
        return f"{link}: no such file (a folder has no page on the site)"
    return f"{link}: no such heading" if anchor and anchor not in read_anchors(target) else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(CODE.sub("", read_prose(page)))

    assert [fault for link in links if (fault := find_fault(page, link))] == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = DOCS / "index.md"

    assert find_fault(page, "state.md#the-lease") is None
    assert find_fault(page, "https://example.org/#x") is None
    assert find_fault(page, "state.md#no-such-part") is not None
    assert find_fault(page, "nowhere.md") is not None
    assert find_fault(page, "../../elsewhere.md") is not None


def find_entries(page: Path) -> list[Path]:
    """Return the pages that the contents in a page name."""
    lines = [line for block in TOCTREE.findall(page.read_text(encoding="utf-8")) for line in block.splitlines()]
    names = [line for line in lines if line and not line.startswith(":")]
    return [path.resolve() for name in names for path in page.parent.glob(f"{name}.md")]


def test_every_page_is_in_the_contents_once() -> None:
    entries = [*find_entries(DOCS / "index.md"), *find_entries(DOCS / "adr" / "README.md")]

    assert set(PAGES) - set(entries) == {DOCS / "index.md"}
    assert len(entries) == len(set(entries))


def test_every_page_of_the_contents_is_in_the_lists_that_a_code_host_shows() -> None:
    page = DOCS / "index.md"
    linked = {(page.parent / link).resolve() for link in LINK.findall(read_prose(page))}

    assert set(find_entries(page)) - linked == set()


def test_every_decision_is_in_its_list() -> None:
    text = (DOCS / "adr" / "README.md").read_text(encoding="utf-8")

    assert [path.name for path in (DOCS / "adr").glob("0*.md") if f"({path.name})" not in text] == []
