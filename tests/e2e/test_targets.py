"""Plans and applies of chosen collections and tiles: the installed command, several documents, buckets that tell."""

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from byocplan.emulator import Emulator, EmulatorSettings
from tests.e2e.conftest import make_workspace
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

BANDS = {"B02": {"bitDepth": 16, "sampleFormat": "UINT"}}
GROUPS = ("28V", "33T", "33U")
ONE_GROUP = "collection/s2:*/33U/*"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Workspace]:
    """Two collections: ``s2`` with twelve tiles of three groups, ``gone`` on a bucket that is not there."""
    with Emulator(EmulatorSettings(port=0, check="listing")) as running:
        workspace = make_workspace(running, tmp_path / "work", "imagery")
        keys = [f"2019/1/{day}/{group}/B02.tif" for day in range(1, 5) for group in GROUPS]
        running.put_objects("imagery", [(key, key.encode()) for key in keys])
        workspace.write("byocplan.yaml", workspace.project)
        write(workspace, "s2", "imagery", {"team": "land"})
        write(workspace, "gone", "no-such-bucket", {"team": "sea"})
        yield workspace


def write(workspace: Workspace, name: str, bucket: str, labels: dict[str, str], /, **spec: Any) -> None:
    document = yaml.safe_load(make_document(name, bucket, bands=BANDS, **spec))
    document["metadata"]["labels"] = labels
    workspace.write(f"{name}.yaml", yaml.safe_dump(document))


def read_requests(workspace: Workspace) -> list[str]:
    log = requests.get(f"{workspace.environment['SH_BASE_URL']}/_emulator/requests", timeout=10).json()["requests"]
    return [f"{each['method']} {each['path']}" for each in log]


@pytest.mark.parametrize(
    "options",
    [
        ["--target", "collection/s2"],
        ["--target", "collection/s*"],
        ["--exclude", "collection/gone"],
        ["--selector", "team=land"],
        ["--selector", "team,team!=sea"],
    ],
)
def test_what_is_not_selected_is_not_read_and_the_plan_says_so(pair: Workspace, options: list[str]) -> None:
    whole = pair.run("plan")
    plan = pair.plan(*options)

    assert whole.code != 0
    assert "no-such-bucket" in whole.text
    assert pair.count(plan) == {"collection create": 1, "tile create": 12}
    assert plan["complete"] is False
    assert any("left out: collection/gone" in note["summary"] for note in plan["diagnostics"])


def test_the_command_to_type_next_selects_the_same(pair: Workspace) -> None:
    shown = pair.run("plan", "--target", ONE_GROUP, "--only", "create", code=0).stdout

    assert f"Next:  byocplan apply --target '{ONE_GROUP}' --only create ." in shown


def test_a_target_with_paths_makes_the_collection_and_those_tiles_alone(pair: Workspace) -> None:
    pair.apply("--target", ONE_GROUP)

    assert pair.ask_paths() == {f"2019/1/{day}/33U/(BAND).tif" for day in range(1, 5)}
    assert len(pair.ask("")) == 1
    assert pair.count(pair.plan("--target", "collection/s2")) == {"tile create": 8}


def test_a_collection_is_not_made_for_paths_that_no_tile_has(pair: Workspace) -> None:
    plan = pair.plan("--target", "collection/s2:2020/*")
    pair.apply("--target", "collection/s2:2020/*")

    assert pair.count(plan) == {}
    assert any("no tile has a path like 2020/*" in note["summary"] for note in plan["diagnostics"])
    assert pair.ask("") == []


def test_the_live_tiles_of_other_collections_are_not_listed(pair: Workspace) -> None:
    write(pair, "gone", "imagery", {"team": "sea"}, name="other")
    pair.apply()
    ids = {each["name"]: each["id"] for each in pair.ask("")}
    before = len(read_requests(pair))

    pair.plan("--target", "collection/s2")

    asked = read_requests(pair)[before:]
    assert any(ids["s2"] in each for each in asked)
    assert not any(ids["other"] in each for each in asked)


def test_paths_keep_fields_as_they_are_and_rails_are_measured_on_the_tiles_selected(pair: Workspace) -> None:
    pair.apply("--target", "collection/s2")
    write(pair, "s2", "imagery", {"team": "land"}, noData=0, rails={"maxDeletes": 1})
    for day in (1, 2):
        pair.remove(f"2019/1/{day}/33U/B02.tif")
    pair.remove("2019/1/1/28V/B02.tif")

    plan = pair.plan("--target", ONE_GROUP)
    reviews = [pair.run("plan", "--target", ONE_GROUP, "--format", form) for form in ("markdown", "html")]
    blocked = pair.apply("--target", ONE_GROUP, code=5)
    pair.apply("--target", ONE_GROUP, "--ack", "deletes@collection/s2=2")

    assert pair.count(plan) == {"tile delete": 2}
    assert "2 tiles > maxDeletes 1" in blocked.text
    assert f"To go on:  byocplan apply --target '{ONE_GROUP}' . --ack deletes@collection/s2=2" in blocked.text
    for shown in reviews:
        assert f"byocplan apply --target '{ONE_GROUP}' --ack deletes@collection/s2=2" in html.unescape(shown.stdout)
    assert len(pair.ask_paths()) == 10
    assert pair.count(pair.plan("--target", "collection/s2")) == {"collection update": 1, "tile delete": 1}


def test_a_group_that_is_gone_altogether_is_seen_since_the_source_shows_other_files(pair: Workspace) -> None:
    pair.apply("--target", "collection/s2")
    for day in range(1, 5):
        pair.remove(f"2019/1/{day}/33U/B02.tif")
    pair.put("2018/1/1/33U/B02.tif", b"older")

    gone = pair.plan("--target", "collection/s2:2019/1/4/33U/*")
    all_days = pair.plan("--target", ONE_GROUP)

    assert pair.count(gone) == {"tile delete": 1}
    assert pair.count(all_days) == {"tile create": 1, "tile delete": 4}


def test_tiles_that_were_selected_stay_owned_and_others_do_not_become_so(pair: Workspace) -> None:
    pair.apply("--target", ONE_GROUP)
    identity = pair.ask("")[0]["id"]
    pair.call("POST", f"/{identity}/tiles", {"path": "2019/1/1/28V/(BAND).tif"})
    write(pair, "s2", "imagery", {"team": "land"}, tiles=[{"pattern": "2018/{grid}/(BAND).tif"}])
    pair.put("2018/33U/B02.tif", b"other layout")

    plan = pair.plan("--target", "collection/s2")

    assert pair.count(plan) == {"tile create": 1, "tile delete": 4, "tile unmanaged": 1}
    assert "scopeRemoved" in str([rail["rule"] for rail in plan["rails"] if rail["tripped"]])


def test_an_apply_of_some_tiles_keeps_the_ownership_of_all(pair: Workspace) -> None:
    pair.apply("--target", "collection/s2")
    write(pair, "s2", "imagery", {"team": "land"}, tiles=[{"pattern": "2018/{grid}/(BAND).tif"}])
    pair.put("2018/33U/B02.tif", b"other layout")

    pair.apply("--target", "collection/s2:2018/*")

    assert pair.count(pair.plan("--target", "collection/s2")) == {"tile delete": 12}


def test_a_document_that_is_gone_is_left_as_it_is_and_told_by_its_labels(pair: Workspace) -> None:
    write(pair, "gone", "imagery", {"team": "sea"}, name="other")
    pair.apply()
    (pair.folder / "gone.yaml").unlink()
    write(pair, "sea", "imagery", {"team": "sea"}, name="sea")

    sea = pair.plan("--selector", "team=sea")
    land = pair.plan("--selector", "team=land")
    named = pair.run("plan", "--target", "collection/gone", code=3)

    told = "bound, without a document, and left as it is: collection/gone"
    assert pair.count(sea) == {"collection create": 1, "tile create": 12}
    assert told in str(sea["diagnostics"])
    assert told not in str(land["diagnostics"])
    assert "has no document any more" in named.text


def test_addresses_that_no_document_has_are_told_together(pair: Workspace) -> None:
    run = pair.run("plan", "--target", "collection/s3", "--exclude", "collection/gnoe:2019/*", code=3)
    typed = pair.run("apply", "--auto-approve", "--target", "s2", "--selector", "team=", "--selector", "=x", code=3)
    label = pair.run("plan", "--selector", "team=lnad", code=3)

    assert "did you mean collection/s2?" in run.text
    assert "did you mean collection/gone?" in run.text
    assert "an address begins with collection/" in typed.text
    assert "'=x'" in typed.text
    assert "did you mean team=land?" in label.text


def test_a_plan_file_is_narrowed_already_and_a_hash_is_of_what_was_selected(pair: Workspace) -> None:
    pair.run("plan", "--target", ONE_GROUP, "--out", "part.byocplan", code=0)
    content = pair.run("show", "part.byocplan", "--format", "json", code=0).json()
    whole = pair.plan("--target", "collection/s2")
    refused = pair.run("apply", "--plan", "part.byocplan", "--target", "collection/s2", code=3)
    other = pair.run("apply", "--expect-plan", content["plan_hash"], "--target", "collection/s2", code=6)
    pair.run("apply", "--expect-plan", content["plan_hash"], "--target", ONE_GROUP, code=0)

    assert (content["selected"], whole["selected"]) == (["--target", ONE_GROUP], ["--target", "collection/s2"])
    assert "--target collection/s2 narrows a plan while it is made" in refused.text
    assert "the plan has the plan hash" in other.text
    assert len(pair.ask_paths()) == 4


def test_a_plan_file_of_some_tiles_is_applied_as_it_was_made(pair: Workspace) -> None:
    pair.run("plan", "--target", ONE_GROUP, "--out", "part.byocplan", code=0)
    pair.run("apply", "--plan", "part.byocplan", code=0)

    assert len(pair.ask_paths()) == 4
    assert "as far as it was applied" in pair.run("state", "show", "collection/s2", code=0).stdout


def test_tiles_left_out_by_their_paths_stay_as_they_are(pair: Workspace) -> None:
    pair.apply("--target", "collection/s2", "--exclude", ONE_GROUP)
    write(pair, "s2", "imagery", {"team": "land"}, noData=0)

    changed = pair.plan("--target", "collection/s2", "--exclude", ONE_GROUP)

    assert len(pair.ask_paths()) == 8
    assert pair.count(changed) == {"collection update": 1}


def test_status_counts_what_is_selected(pair: Workspace) -> None:
    pair.apply("--target", "collection/s2")

    shown = pair.run("status", "--selector", "team=land", "--format", "json", code=0).stdout
    refused = pair.run("status", "--target", ONE_GROUP, code=3)
    twice = pair.run("status", "collection/s2", "--target", "collection/s2", code=3)

    assert "collection/s2" in shown
    assert "counts collections as wholes" in refused.text
    assert "is one collection" in twice.text
