"""The commands that are printed to type next: typed as they stand, they read what the first one read."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from byocplan.emulator import Emulator, EmulatorSettings
from tests.e2e.conftest import make_workspace
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

BANDS = {"B02": {"bitDepth": 16, "sampleFormat": "UINT"}}
WORDS = "apply with the same options and paths (too long or too odd to be shown as a command)"
VARIABLE = ("--var", "folder=two words")


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Workspace]:
    """A project whose collection has its tiles below a folder that a variable names."""
    with Emulator(EmulatorSettings(port=0, check="listing")) as running:
        workspace = make_workspace(running, tmp_path / "work", "imagery")
        running.put_objects("imagery", [(f"two words/{year}/B02.tif", b"x") for year in (2019, 2020)])
        workspace.write("byocplan.yaml", workspace.project)
        tiles = [{"pattern": "${folder}/{year}/(BAND).tif"}]
        workspace.write("maps.yaml", make_document("maps", workspace.bucket, bands=BANDS, tiles=tiles))
        yield workspace


def type_again(workspace: Workspace, text: str, before: str, *more: str, end: str = "\n") -> str:
    """Run the command that stands after ``before``, as a shell would split it, and return what it prints."""
    program, *arguments = shlex.split(text.partition(before)[2].partition(end)[0])
    assert program == "byocplan"
    return workspace.run(*arguments, *more, code=0).text


def test_the_next_step_of_a_plan_applies_what_was_planned(quick: Workspace) -> None:
    shown = quick.run("plan", *VARIABLE, code=0).text

    assert "2 tiles created" in type_again(quick, shown, "Next:  ", "--auto-approve")


def test_the_next_step_of_an_import_and_of_drift_read_the_same(quick: Workspace) -> None:
    quick.apply(*VARIABLE)
    identity = quick.ask("")[0]["id"]
    (quick.folder / "byocplan.lock.yaml").unlink()
    quick.put("two words/2021/B02.tif", b"x")

    imported = quick.run("import", "collection/maps", identity, ".", *VARIABLE, code=0).text
    tile = quick.call("GET", f"/{identity}/tiles").json()["data"][0]["id"]
    quick.call("DELETE", f"/{identity}/tiles/{tile}")
    drifted = quick.run("drift", *VARIABLE, code=2).text

    assert "Next:  byocplan apply --var 'folder=two words' .\n" in imported
    assert "2 tiles created" in type_again(quick, drifted, "Next:  ", "--auto-approve")


def test_a_stopped_apply_goes_on_as_it_says(quick: Workspace) -> None:
    stopped = quick.apply(*VARIABLE, "--max-duration", "0.001s", code=7).text

    assert "2 tiles created" in type_again(quick, stopped, "run `", "--auto-approve", end="` again")


def test_a_blocked_destroy_goes_on_as_it_says(quick: Workspace) -> None:
    quick.apply(*VARIABLE)
    blocked = quick.run("destroy", *VARIABLE, "--auto-approve", code=5).text

    assert "1 collection deleted" in type_again(quick, blocked, "To go on:  ", "--auto-approve")


def test_the_apply_of_a_plan_file_names_neither_variables_nor_the_folder(quick: Workspace) -> None:
    shown = quick.run("plan", *VARIABLE, "--allow-host", "sh.example.org", "--out", "p.byocplan", code=0).text

    assert "Next:  byocplan apply --plan p.byocplan --allow-host sh.example.org\n" in shown
    assert "2 tiles created" in type_again(quick, shown, "Next:  ")


def test_a_plan_file_whose_name_holds_a_secret_is_not_named_in_a_command(quick: Workspace) -> None:
    shown = quick.run("plan", *VARIABLE, "--out", "s3cr3t-key.plan", environment={"X_API_KEY": "s3cr3t-key"}, code=0)

    assert "Next:  byocplan apply --plan '***'\n" in shown.stdout


def test_a_command_with_what_a_ci_system_would_obey_or_a_terminal_hide_is_told_in_words(quick: Workspace) -> None:
    hostile = "x\n::add-mask::y ::z\x1b[31m"

    shown = quick.run("plan", *VARIABLE, "--var", f"note={hostile}", code=0).text

    assert f"Next:  {WORDS}\n" in shown
    assert hostile not in shown


def test_a_command_that_would_be_cut_is_told_in_words_wherever_it_is_told(quick: Workspace) -> None:
    long = (*VARIABLE, "--var", f"note={'x' * 1200}")

    planned = quick.run("plan", *long, code=0).text
    stopped = quick.apply(*long, "--max-duration", "0.001s", code=7).text
    quick.apply(*VARIABLE)
    quick.call("DELETE", f"/{quick.ask('')[0]['id']}")
    drifted = quick.run("drift", *long, code=2).text
    quick.apply(*VARIABLE)
    blocked = quick.run("destroy", *long, "--auto-approve", code=5).text

    assert f"Next:  {WORDS}\n" in planned
    assert f"Next:  {WORDS}\n" in drifted
    assert f"A part is not done: run {WORDS} again;" in stopped
    assert f"To go on:  {WORDS.replace('apply', 'destroy')}, and --ack collectionDeletes@collection/maps=1" in blocked
    assert "xxx" not in planned + stopped + drifted + blocked
