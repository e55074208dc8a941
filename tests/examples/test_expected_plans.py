"""Each example is planned on an emulator; the plan is the committed one, but for ids, hashes and ages."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from byocplan.emulator import Emulator, EmulatorSettings
from tests.support.example_worlds import PLANS, fill
from tests.support.pages import Player, is_accepting

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    """A copy of the examples beside one emulator that holds what they speak of; planning changes nothing there."""
    folder = tmp_path_factory.mktemp("examples") / "examples"
    copytree(EXAMPLES, folder)
    with Emulator(EmulatorSettings(port=0, check="none")) as emulator:
        fill(emulator)
        yield Player(folder, dict(emulator.exports()))


@pytest.mark.parametrize("place", PLANS)
def test_an_example_is_planned_as_committed(place: str, player: Player) -> None:
    committed = EXAMPLES / place / "expected-plan.txt"

    printed, code = player.run(f"byocplan plan {PLANS[place]}")

    if is_accepting():
        committed.write_text(f"{printed}\n", encoding="utf-8")
    assert code == 0, printed
    assert f"{printed}\n" == committed.read_text(encoding="utf-8")


def test_an_environment_on_standard_input_has_the_same_plan(player: Player) -> None:
    printed, code = player.run("cat environments/base/*.yaml environments/prod/*.yaml | byocplan plan - --trust-stdin")

    committed = (EXAMPLES / "environments/prod/expected-plan.txt").read_text(encoding="utf-8")
    assert code == 0, printed
    assert [line for line in printed.splitlines() if not line.startswith("Next:")] == [
        line for line in committed.splitlines() if not line.startswith("Next:")
    ]


def test_every_folder_with_a_project_has_a_plan() -> None:
    folders = {
        str(file.parent.relative_to(EXAMPLES)).removesuffix("/manifests") for file in EXAMPLES.rglob("byocplan.yaml")
    }

    assert folders == set(PLANS)
