"""CSV and TSV files in, their rows out. Reads one file, line by line."""

from __future__ import annotations

import csv
import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from byocplan.discovery.table.raw import COLUMNS, RawRow, TableFault, check_columns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

#: Characters of one value at most: a geometry of 100 points takes a hundredth of it.
MAX_FIELD = 1_000_000
UTF8_HINT = "write the file as UTF-8, with values in quotes where they hold quotes, separators or line ends"


@contextmanager
def open_text(file: str, delimiter: str) -> Iterator[tuple[frozenset[str], Iterator[RawRow]]]:
    """Open a table and return its known columns and its rows. Raises TableFault, also while rows are read."""
    csv.field_size_limit(MAX_FIELD)
    with Path(file).open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        header = next(_iter_records(reader), (1, []))[1]
        columns = check_columns(name.strip() for name in header)
        places = {name.strip(): at for at, name in enumerate(header) if name.strip() in COLUMNS}
        yield columns, _iter_rows(reader, places, len(header))


def _iter_rows(reader: Any, places: dict[str, int], width: int) -> Iterator[RawRow]:
    for number, record in _iter_records(reader):
        if not record:
            continue
        if len(record) != width:
            raise TableFault(f"this row has {len(record)} values, the header has {width}", UTF8_HINT, number)
        path, time, geometry = (record[places[name]] if name in places else "" for name in COLUMNS)
        yield RawRow(number, path or None, time.strip() or None, _read_geometry(geometry.strip()))


def _iter_records(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line it begins on."""
    while True:
        number = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableFault(f"this row cannot be read ({error})", UTF8_HINT, number) from error
        except UnicodeDecodeError as error:
            raise TableFault("at or after this row the file is not UTF-8", UTF8_HINT, number) from error
        yield number, record


def _read_geometry(text: str) -> dict[str, object] | str | None:
    """Return the geometry behind GeoJSON or WKT text."""
    if not text:
        return None
    if not text.startswith("{"):
        from byocplan.geometry.reading import read_wkt

        return read_wkt(text) or "it is neither WKT nor GeoJSON"
    try:
        geometry = json.loads(text)
    except (ValueError, RecursionError):
        return "it is not GeoJSON"
    return geometry if isinstance(geometry, dict) else "it is not GeoJSON"
