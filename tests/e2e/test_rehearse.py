"""``byocplan rehearse`` through the installed command: two folders of manifests, no credentials, no service."""

import socket
from pathlib import Path

import pytest

from tests.support.cogs import make_cog
from tests.support.manifests import PATTERN, make_document
from tests.support.workspace import PROJECT, Workspace

TILES = ("2019/1/1/28V", "2019/1/1/33T", "2020/6/1/28V")
REFUSES = "http://127.0.0.1:9"
ID = "017aa0ae-33a6-45d3-8548-0f7d1041b40c"


@pytest.fixture
def stage(workspace: Workspace) -> Workspace:
    """Two equal folders of manifests and a bucket that anybody may read; the service is not reached."""
    for folder in TILES:
        for band in ("B02", "B03"):
            workspace.put(f"{folder}/{band}.tif", make_cog())
    for side in ("base", "head"):
        workspace.write(f"{side}/byocplan.yaml", workspace.project)
        write(workspace, side, "s2")
    workspace.environment = {"AWS_ENDPOINT_URL_S3": workspace.environment["AWS_ENDPOINT_URL_S3"]}
    return workspace


def write(stage: Workspace, side: str, name: str, **spec: object) -> None:
    stage.write(f"{side}/{name}.yaml", make_document(name, stage.bucket, **spec))


def rehearse(stage: Workspace, *arguments: str, code: int = 0) -> str:
    return stage.run("rehearse", "head", "--base", "base", *arguments, code=code).text


def list_files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_equal_manifests_change_nothing_and_nothing_is_left_behind(stage: Workspace) -> None:
    before = list_files(stage.folder)

    text = rehearse(stage)

    assert "The manifests change nothing against the base" in text
    assert list_files(stage.folder) == before


def test_edits_new_and_removed_documents_are_shown_with_their_tiles(stage: Workspace) -> None:
    write(stage, "base", "old", tiles=[{"path": TILES[0]}])
    write(stage, "head", "new", tiles=[{"path": TILES[1]}])
    write(stage, "head", "s2", tiles=[{"pattern": PATTERN, "where": {"grid": "28V"}}], noData=0)

    text = rehearse(stage)

    assert (
        "1 collection to create, 1 to update, 1 to delete; 1 tile to create, 0 to update, 0 to reingest, 1 to delete"
        in text
    )
    assert "collectionDeletes" in text
    assert "all its 1 live tile go with it" in text
    assert "Next:" not in text


def test_what_the_manifests_say_of_service_state_and_ids_is_not_used(stage: Workspace) -> None:
    spec = "spec: {deployment: cdse, state: 's3://nowhere/kept'}\n"
    stage.write("head/byocplan.yaml", PROJECT + spec)
    write(stage, "head", "s2", id=ID)

    text = rehearse(stage)

    assert f"`id:` changes from none to {ID}" in text
    assert "The manifests change nothing" in text


def test_credentials_of_the_environment_are_not_used(stage: Workspace) -> None:
    """The service refuses, and keys that are wrong would be refused by S3 if they were sent."""
    stage.environment |= {
        "SH_BASE_URL": REFUSES,
        "SH_TOKEN_URL": REFUSES,
        "SH_CLIENT_ID": "canary-id",
        "SH_CLIENT_SECRET": "canary-secret",
        "AWS_PROFILE": "no-such-profile",
    }

    text = rehearse(stage)

    assert "The manifests change nothing" in text
    assert "not compared" not in text


def test_a_manifest_that_names_this_machine_has_no_port_of_it_asked(stage: Workspace) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.2)
        endpoint = f"http://127.0.0.1:{other.getsockname()[1]}"
        write(stage, "head", "s2", tiles=[{"pattern": PATTERN}], noData=0, s3={"endpointUrl": endpoint})

        text = rehearse(stage)

        with pytest.raises(TimeoutError):
            other.accept()
    assert "its manifest names this machine as the S3 endpoint" in text


def test_a_bucket_that_cannot_be_read_leaves_the_fields_and_the_tables(stage: Workspace) -> None:
    for side in ("base", "head"):
        stage.write(f"{side}/tiles.csv", "path\na/(BAND).tif\n" + ("b/(BAND).tif\n" if side == "head" else ""))
        write(stage, side, "t", tiles=[{"table": "tiles.csv"}])
    write(stage, "head", "s2", tiles=[{"pattern": PATTERN, "where": {"grid": "28V"}}], noData=0)
    stage.environment["AWS_ENDPOINT_URL_S3"] = REFUSES

    text = rehearse(stage)

    assert "1 collection to update; 1 tile to create" in text
    assert "its tile sources were edited, but their tiles are not compared" in text


BANDS = {"B02": {"bitDepth": 16, "sampleFormat": "UINT"}, "B03": {}}


def test_bands_that_are_written_where_the_base_left_them_open_change_nothing(stage: Workspace) -> None:
    write(stage, "base", "s2", bands=...)
    write(stage, "head", "s2", bands=BANDS)

    text = rehearse(stage)

    assert "The manifests change nothing against the base" in text
    assert "collection/s2: the base writes no `bands:`, so those of the head are taken for live" in text
    write(stage, "head", "s2", bands=...)
    assert "bands:" not in rehearse(stage)


def test_a_rename_and_no_data_of_bands_that_the_base_left_open_are_shown(stage: Workspace) -> None:
    write(stage, "base", "s2", bands=...)
    renamed = {"blue": {"previousName": "B02"}, "B03": {"source": "B03", "noData": 0}}
    write(stage, "head", "s2", bands=renamed)

    text = rehearse(stage)

    assert "1 collection to update; 0 tiles" in text
    assert "bands.blue.name" in text
    assert "bands.B03.noData" in text


def test_exit_codes(stage: Workspace) -> None:
    asked = (
        ["head"],
        ["nowhere", "--base", "base"],
        ["head", "--base", "nowhere"],
        ["head", "--base", "base", "--base", "nowhere"],
    )

    codes = [stage.run("rehearse", *arguments).code for arguments in asked]
    stage.write("head/s2.yaml", "kind: Nothing")
    wrong = stage.run("rehearse", "head", "--base", "base").code

    assert (codes, wrong) == ([3, 3, 0, 0], 3)
