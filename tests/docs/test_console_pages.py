"""Pages whose commands and outputs are run, against one emulator each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from byocplan.emulator import Emulator, EmulatorSettings
from tests.support.pages import Player, Step, fits, iter_steps, mask

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    """An empty folder, and an emulator that reads the files it is given."""
    with Emulator(EmulatorSettings(port=0)) as emulator:
        yield Player(tmp_path, dict(emulator.exports()))


@pytest.mark.long
@pytest.mark.parametrize("name", ["quickstart", "tutorial", "cookbook", "notebooks"])
def test_a_page_shows_what_its_commands_print(name: str, player: Player) -> None:
    faults = player.play(DOCS / f"{name}.md")

    assert faults == [], "\n\n".join(faults)


def test_a_page_that_says_something_else_is_found(player: Player, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    block = "```console\n{}\n```\n"
    page.write_text("\n".join(block.format(text) for text in ("$ echo one\ntwo", "$ false", "$ false\n$ echo $?\n1")))

    faults = player.play(page)

    assert [fault.splitlines()[0] for fault in faults] == ["$ echo one", "$ false"]


def test_dots_stand_for_anything_and_nothing_else_does() -> None:
    assert fits("a … z\n…\nend", "a b c z\n1\n2\nend")
    assert not fits("a … z", "a b")
    assert not fits("a.c", "abc")


def test_commands_go_on_after_a_backslash() -> None:
    body = "$ one \\\n    two\nprinted\n\nmore\n$ three\n"

    assert list(iter_steps(body)) == [Step("one \\\n    two", "printed\n\nmore"), Step("three", "")]


def test_ids_hashes_and_durations_are_masked() -> None:
    text = "x  2646d43e-9f9c-447d-a56a-e8d727779bff  plan e76f39…  17 requests in 1 s  \n"

    assert mask(text) == "x  …  plan …  … requests in … s"
