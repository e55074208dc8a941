"""S3 Inventories as S3 writes them: objects of a bucket in, the objects of the inventory out."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

import duckdb

from byocplan.model.instant import format_instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FOLDER = "lists/imagery/daily"
MANIFEST = f"{FOLDER}/2026-11-24T01-00Z/manifest.json"
CHECKSUM = f"{FOLDER}/2026-11-24T01-00Z/manifest.checksum"
CREATED_MS = 1_795_482_000_000
COLUMNS = (
    "Bucket",
    "Key",
    "VersionId",
    "IsLatest",
    "IsDeleteMarker",
    "Size",
    "LastModifiedDate",
    "ETag",
    "StorageClass",
)
CURRENT = tuple(name for name in COLUMNS if name not in {"VersionId", "IsLatest", "IsDeleteMarker"})
PARQUET_TYPES = {
    "Bucket": ("bucket", "VARCHAR"),
    "Key": ("key", "VARCHAR"),
    "VersionId": ("version_id", "VARCHAR"),
    "IsLatest": ("is_latest", "BOOLEAN"),
    "IsDeleteMarker": ("is_delete_marker", "BOOLEAN"),
    "Size": ("size", "BIGINT"),
    "LastModifiedDate": ("last_modified_date", "TIMESTAMP_MS"),
    "ETag": ("e_tag", "VARCHAR"),
    "StorageClass": ("storage_class", "VARCHAR"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of an inventory."""

    key: str
    etag: str | None = "etag"
    modified_ms: int = 1_700_000_000_000
    storage_class: str = "STANDARD"
    is_latest: bool = True
    is_deleted: bool = False


def make_inventory(
    *files: Sequence[Listed],
    source: str = "imagery",
    columns: Sequence[str] = CURRENT,
    file_format: str = "CSV",
    is_gzip: bool = True,
) -> dict[str, bytes]:
    """Return the objects of an inventory by key, with one data file for each of ``files``."""
    objects: dict[str, bytes] = {}
    ending = {"CSV": ".csv.gz" if is_gzip else ".csv", "Parquet": ".parquet", "ORC": ".orc"}[file_format]
    for number, rows in enumerate(files):
        values = [[_get(row, name, source) for name in columns] for row in rows]
        if file_format == "Parquet":
            body = make_parquet([PARQUET_TYPES[name] for name in columns], values)
        else:
            body = _make_csv(columns, values)
            body = gzip.compress(body) if is_gzip else body
        objects[f"{FOLDER}/data/{number}{ending}"] = body
    schema = ", ".join(columns) if file_format == "CSV" else "message s3.inventory { ... }"
    return seal(objects, {"sourceBucket": source, "fileFormat": file_format, "fileSchema": schema})


def seal(files: Mapping[str, bytes], says: Mapping[str, object]) -> dict[str, bytes]:
    """Return data files with the manifest and the checksum that name them."""
    manifest = {
        "destinationBucket": "arn:aws:s3:::lists",
        "version": "2016-11-30",
        "creationTimestamp": str(CREATED_MS),
        "files": [{"key": key, "size": len(body), "MD5checksum": make_md5(body)} for key, body in files.items()],
        **says,
    }
    content = json.dumps(manifest).encode()
    return {**files, MANIFEST: content, CHECKSUM: make_md5(content).encode()}


def make_md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def make_parquet(
    columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[object]], metadata: Mapping[str, str] | None = None
) -> bytes:
    """Return a Parquet file; ``columns`` are names and the engine's types."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder, "rows.parquet")
        fields = ", ".join(f'"{name}" {kind}' for name, kind in columns)
        connection.execute(f"CREATE TABLE t ({fields})")
        if rows:
            connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})", rows)
        pairs = ", ".join(f"\"{key}\": '{value}'" for key, value in (metadata or {}).items())
        extra = f", kv_metadata {{{pairs}}}" if pairs else ""
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet{extra})")
        return path.read_bytes()


def _get(row: Listed, column: str, source: str) -> object:
    return {
        "Bucket": source,
        "Key": row.key,
        "VersionId": "v",
        "IsLatest": row.is_latest,
        "IsDeleteMarker": row.is_deleted,
        "Size": 3,
        "LastModifiedDate": format_instant(row.modified_ms),
        "ETag": row.etag,
        "StorageClass": row.storage_class,
    }[column]


def _make_csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for row in rows:
        writer.writerow([_encode(name, value) for name, value in zip(columns, row, strict=True)])
    return text.getvalue().encode()


def _encode(column: str, value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return quote_plus(str(value), safe="/") if column == "Key" else value
