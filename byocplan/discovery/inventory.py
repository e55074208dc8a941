"""One S3 Inventory: its address in, its manifest and its data files, checked, out. Reads S3 and temporary files.

Source: Amazon S3 User Guide, "Locating your inventory list": manifest.json, beside it manifest.checksum with its MD5,
and data files in the same bucket, each with size and MD5. S3 writes manifest.json last.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from byocplan.errors import BucketError
from byocplan.model.instant import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from byocplan.discovery.listing import Bucket

SCHEME, MANIFEST, CHECKSUM = "s3://", "manifest.json", "manifest.checksum"
#: No manifest is larger: it has about 300 bytes for each data file.
MAX_MANIFEST_BYTES = 64 * 1024 * 1024
MAX_CHECKSUM_BYTES = 1024
CSV, PARQUET, ORC = "CSV", "Parquet", "ORC"
AGAIN = "take the manifest of the next inventory, or list the bucket (leave `inventory` away)"


class FileForm(msgspec.Struct):
    """A data file as the manifest names it."""

    key: str
    size: int
    md5: str = msgspec.field(name="MD5checksum")


class ManifestForm(msgspec.Struct, rename="camel"):
    """manifest.json."""

    source_bucket: str
    creation_timestamp: str | int
    file_format: str
    file_schema: str
    files: list[FileForm]


@dataclass(frozen=True, slots=True)
class Inventory:
    """An inventory whose manifest is as its checksum says. ``columns`` are those of CSV files, None for Parquet."""

    bucket: str
    key: str
    source_bucket: str
    created_ms: int
    columns: tuple[str, ...] | None
    files: tuple[FileForm, ...]

    def locate(self, file: FileForm) -> str:
        """Return where the file is, for people."""
        return f"{self.bucket}/{file.key}"


def read_inventory(address: str, bucket: Bucket) -> Inventory:
    """Return what the manifest at ``s3://…/manifest.json`` says. Raises as the bucket does, BucketError for damage."""
    name, _, key = address.removeprefix(SCHEME).partition("/")
    content = b"".join(_iter_bounded(bucket, name, key, MAX_MANIFEST_BYTES))
    beside = key.removesuffix(MANIFEST) + CHECKSUM
    checksum = b"".join(_iter_bounded(bucket, name, beside, MAX_CHECKSUM_BYTES)).decode("ascii", "replace").strip()
    if checksum.lower() != _make_md5(content):
        raise BucketError(f"{name}/{key}", f"its MD5 is not the one that {CHECKSUM} has beside it", AGAIN)
    return _decode(content, name, key)


def download(inventory: Inventory, file: FileForm, bucket: Bucket, path: Path) -> None:
    """Write a data file to ``path``. Raises BucketError where it is not the one that the manifest names."""
    digest, size = hashlib.md5(usedforsecurity=False), 0
    with path.open("wb") as target:
        for piece in _iter_bounded(bucket, inventory.bucket, file.key, file.size):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    if size != file.size:
        raise BucketError(inventory.locate(file), f"it has {size:,} bytes, its manifest says {file.size:,}", AGAIN)
    if digest.hexdigest() != file.md5.lower():
        raise BucketError(
            inventory.locate(file), "its MD5 is not the one that the manifest of the inventory has", AGAIN
        )


def _iter_bounded(bucket: Bucket, name: str, key: str, limit: int) -> Iterator[bytes]:
    """Yield the content of an object that has at most ``limit`` bytes."""
    size = 0
    for piece in bucket.iter_content(name, key):
        size += len(piece)
        if size > limit:
            raise BucketError(f"{name}/{key}", f"it has more than {limit:,} bytes", AGAIN)
        yield piece


def _decode(content: bytes, name: str, key: str) -> Inventory:
    where = f"{name}/{key}"
    try:
        form = msgspec.json.decode(content, type=ManifestForm)
        created_ms = int(form.creation_timestamp)
        format_instant(created_ms)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        raise BucketError(where, "it is not the manifest of an S3 Inventory", "check spec.tiles[].inventory") from error
    if form.file_format not in {CSV, PARQUET}:
        what = "its files are ORC, which is not read" if form.file_format == ORC else "its file format is not known"
        raise BucketError(where, what, "set the output format of the inventory to CSV or Parquet")
    columns = tuple(each.strip() for each in form.file_schema.split(",")) if form.file_format == CSV else None
    return Inventory(name, key, form.source_bucket, created_ms, columns, tuple(form.files))


def _make_md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
