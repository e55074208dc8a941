"""Live tiles as CSV: values that come back as they were, and what is shown of them where text is obeyed."""

import csv
import io
from dataclasses import replace

import pytest

from byocplan.model.tile import LiveTile, Status
from byocplan.view.live_tiles import iter_csv, iter_shown_csv

TILE = LiveTile("id-1", "a/(BAND).tif", Status.FAILED, 0, None, 1_000, cause="no file")
HOSTILE = [
    "=1+1",
    "-2",
    '"',
    ",",
    "a\nb",
    "a\rb",
    "\ttab",
    "::set-output x",
    "##vso[x]",
    "\x1b[2J",
    " blank ",
    "é" * 3000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_values_in_csv_come_back_as_they_were(text: str) -> None:
    written = "".join(iter_csv([replace(TILE, path=text, cause=text), TILE]))

    first, second = csv.DictReader(io.StringIO(written, newline=""))

    assert (first["path"], first["cause"]) == (text, text)
    assert second["path"] == TILE.path
    assert second["sensingTime"] == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_that_is_shown_has_a_line_a_tile_and_nothing_unseen(text: str) -> None:
    written = "".join(iter_shown_csv([replace(TILE, path=text, cause=text)]))

    assert len(written.splitlines()) == 2
    assert all(line.isprintable() for line in written.splitlines())
    assert "##vso[" not in written
    assert " ::" not in written
    assert ",::" not in written
