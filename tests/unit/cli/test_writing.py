"""Where ``--out`` may write."""

import os
from pathlib import Path

import pytest

from byocplan.cli.writing import KINDS, check_kind, check_out
from byocplan.errors import ArgumentError

#: How files of each kind begin that other tests have seen written.
BEGINNINGS = {
    "plan": b"PK\x03\x04" + b"\x00" * 26 + b"plan.json{",
    "html": b"<!doctype html>\n<html>",
    "png": b"\x89PNG\r\n\x1a\n\x00",
    "parquet": b"PAR1\x15",
    "geojson": b'{"type": "FeatureCollection", "features": [',
    "json": b'{"format_version": "1.0", "tiles": [',
    "csv": b"id,path,status,sensingTime,created,cause\n",
    "table": b"INGESTED   2019-01-01T00:00:00Z",
    "text": b"collection/s2   5 tiles   0 incomplete",
}
#: What nobody wants replaced: a manifest in both styles of YAML, a lock file, a zip of others, notes.
OTHERS = [
    b"apiVersion: byocplan/v1\nkind: Project\n",
    b'{"apiVersion": "byocplan/v1", "kind": "Project"}',
    b"# Written by byocplan",
    b"PK\x03\x04" + b"\x00" * 26 + b"notes.txt",
    b"dear diary",
]


@pytest.mark.parametrize("name", [".", "folder", "pipe", "gone/file", "file/below", "", "-"])
def test_only_a_file_can_be_written_and_only_in_a_folder_that_is_there(
    tmp_path: Path, name: str, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "pipe")
    os.chdir(tmp_path)
    request.addfinalizer(lambda: os.chdir(request.config.invocation_params.dir))

    with pytest.raises(ArgumentError) as caught:
        check_out(Path(name), "csv")

    assert "cannot be written" in caught.value.problems[0].message


@pytest.mark.parametrize("name", ["new", "file", "link", "dangling", "to-folder"])
def test_a_new_file_an_empty_one_and_a_link_are_all_places_for_one(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "dangling").symlink_to("gone")
    (tmp_path / "to-folder").symlink_to(".")

    check_out(tmp_path / name, "plan")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["dangling", "file", "link", "to-folder"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_replaced_by_one_of_its_kind_alone(tmp_path: Path, kind: str) -> None:
    (tmp_path / "link").symlink_to("file")
    others = [*OTHERS, *(content for name, content in BEGINNINGS.items() if name != kind)]

    (tmp_path / "file").write_bytes(BEGINNINGS[kind])
    check_kind(tmp_path / "file", kind)
    check_kind(tmp_path / "link", kind)

    for content in others:
        (tmp_path / "file").write_bytes(content)
        for name in ("file", "link"):
            with pytest.raises(ArgumentError) as caught:
                check_kind(tmp_path / name, kind)
            assert f"is there and is no {KINDS[kind].name}" in caught.value.problems[0].message
