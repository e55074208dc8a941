"""Which files a tile path means."""

from __future__ import annotations

import pytest

from byocplan.emulator.ingest.bucket import StoredObject
from byocplan.emulator.ingest.tile_files import Lister, TileFilesError, find_tile_files


def make_lister(*keys: str) -> Lister:
    objects = [StoredObject(key, '"etag"', 1) for key in keys]
    return lambda prefix: [each for each in objects if each.key.startswith(prefix)]


@pytest.mark.parametrize(
    ("path", "sources", "keys", "full", "found"),
    [
        ("a/(BAND).tif", (), ["a/R.tif", "a/G.tif", "a/x/B.tif", "a/R.tiff"], "a/(BAND).tif", ["G", "R"]),
        ("a", (), ["a/R.tif", "a/info.json", "a/x/B.tiff"], "a/(BAND).tif", ["R"]),
        ("a", ("R",), ["a/R.TIF", "a/G.tif"], "a/(BAND).TIF", ["R"]),
        ("", (), ["R.tiff", "deep/R.tif"], "(BAND).tiff", ["R"]),
        ("a/(BAND)", (), ["a/R.tif", "a/G.tif"], "a/(BAND).tif", ["G", "R"]),
        ("(BAND)/t.tif", ("R",), ["R/t.tif", "G/t.tif"], "(BAND)/t.tif", ["R"]),
        ("(BAND)/x_(BAND).tif", (), ["R/x_R.tif", "R/x_G.tif"], "(BAND)/x_(BAND).tif", ["R"]),
        ("a/t1_(BAND)_9.tif", (), ["a/t1_R_9.tif", "a/t2_R_9.tif"], "a/t1_(BAND)_9.tif", ["R"]),
        ("a/one.tif", (), ["a/one.tif", "a/one.tif.ovr"], "a/one.tif", ["one"]),
        ("a/one.tif", ("R", "G"), ["a/one.tif"], "a/one.tif", ["R", "G"]),
        ("a.b/(BAND)+1.tif", (), ["a.b/R+1.tif", "axb/R+1.tif"], "a.b/(BAND)+1.tif", ["R"]),
    ],
)
def test_a_path_means_its_files_and_becomes_its_full_form(
    path: str, sources: tuple[str, ...], keys: list[str], full: str, found: list[str]
) -> None:
    files = find_tile_files(path, sources, make_lister(*keys))

    assert (files.path, list(files.files)) == (full, found)


@pytest.mark.parametrize(
    ("path", "sources", "keys", "cause"),
    [
        (
            "a",
            (),
            ["a/B1.tiff", "a/B2.TIF"],
            "extension: all files of a tile must have the same extension, found .TIF, .tiff.",
        ),
        ("a/(BAND)", (), ["a/R.tif", "a/G.tiff"], "extension: "),
        ("a/(BAND).tif", ("R", "G"), ["a/R.tif"], "missing file: no file was found for G."),
        ("a/one.tif", (), ["a/two.tif"], "missing file: no files were found for the path of the tile."),
        ("a", (), ["b/R.tif"], "missing file: no files were found for the path of the tile."),
    ],
)
def test_files_that_do_not_fit_or_are_missing_are_a_cause(
    path: str, sources: tuple[str, ...], keys: list[str], cause: str
) -> None:
    with pytest.raises(TileFilesError) as caught:
        find_tile_files(path, sources, make_lister(*keys))

    assert str(caught.value).startswith(cause)
