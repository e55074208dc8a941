"""One data file of an S3 Inventory in, the objects it lists out. Reads that file.

Source: Amazon S3 User Guide, "Cataloging and analyzing your data with S3 Inventory": CSV has no header, its columns are
those of ``fileSchema`` and its keys are URL-encoded; Parquet names its columns itself, and its keys are plain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.sets.column_file import ColumnFile, quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from byocplan.sets.engine import Row

KEY, ETAG, MODIFIED, STORAGE_CLASS = "Key", "ETag", "LastModifiedDate", "StorageClass"
VERSION, LATEST, DELETED = "VersionId", "IsLatest", "IsDeleteMarker"
#: What Parquet calls the columns of a CSV inventory.
PARQUET_NAMES = {
    KEY: "key",
    ETAG: "e_tag",
    MODIFIED: "last_modified_date",
    STORAGE_CLASS: "storage_class",
    VERSION: "version_id",
    LATEST: "is_latest",
    DELETED: "is_delete_marker",
}

SELECT = """
SELECT k, e, m, c FROM (
  SELECT $key AS k, trim($etag, '"') AS e, coalesce($modified, 0) AS m,
    coalesce($storage_class, '') AS c
  FROM $file WHERE coalesce(lower($latest), '') <> 'false' AND coalesce(lower($deleted), '') <> 'true'
) WHERE k IS NULL OR starts_with(k, ?)
"""


def open_inventory_file(path: Path, columns: Sequence[str] | None, *, is_gzip: bool) -> ColumnFile:
    """Return the file, not yet looked at; ``columns`` are the names of a CSV file's columns, None for Parquet."""
    if columns is None:
        return ColumnFile(path)
    types = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(columns)))
    return ColumnFile(
        path,
        "read_csv(?, header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"',"
        f" compression = '{'gzip' if is_gzip else 'none'}', columns = {{{types}}})",
    )


def list_columns(file: ColumnFile, columns: Sequence[str] | None) -> dict[str, str]:
    """Return the columns that are known here by their name in CSV, with their name in the file."""
    if columns is not None:
        return {name: f"c{index}" for index, name in enumerate(columns)}
    return {name: own for name, own in PARQUET_NAMES.items() if own in file.types}


def iter_objects(file: ColumnFile, known: Mapping[str, str], start: str) -> Iterator[list[Row]]:
    """Yield (key, ETag, time of change in ms, storage class) of the current objects whose key begins so.

    What is not recorded is None for key and ETag, 0 or an empty text for the others. Delete markers and versions that
    are not the latest are left out. Raises ColumnFault.
    """
    key = f"{quote_name(known[KEY])}::VARCHAR"
    names = {
        "key": key if known[KEY] == PARQUET_NAMES[KEY] else f"url_decode(replace({key}, '+', '%20'))",
        "etag": _name(known, ETAG),
        "modified": _name_instant(file, known),
        "storage_class": _name(known, STORAGE_CLASS),
        "latest": _name(known, LATEST),
        "deleted": _name(known, DELETED),
    }
    select = SELECT
    for stem, text in names.items():
        select = select.replace(f"${stem}", text)
    yield from file.iter_batches(select, [start])


def _name(known: Mapping[str, str], column: str) -> str:
    return f"{quote_name(known[column])}::VARCHAR" if column in known else "NULL::VARCHAR"


def _name_instant(file: ColumnFile, known: Mapping[str, str]) -> str:
    """Return what makes an instant (ms) of the time of change; a plain number is one already."""
    if MODIFIED not in known:
        return "NULL::BIGINT"
    name, kind = quote_name(known[MODIFIED]), file.types[known[MODIFIED]]
    if kind.endswith("INT"):
        return f"{name}::BIGINT"
    return f"epoch_ms({name})" if kind == "TIMESTAMP WITH TIME ZONE" else f"epoch_ms(try_cast({name} AS TIMESTAMP))"
