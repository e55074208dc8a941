"""Rules for the path of a single tile: a path in, what is wrong in words out. Pure.

Source: BYOC OpenAPI, BYOCTile.path (no leading slash, no trailing slash, no empty segment); S3, keys of 1,024 bytes.
"""

from __future__ import annotations

import re

from byocplan.model.tile import BAND

MAX_BYTES = 1024
_TIFF = re.compile(r"\.tiff?$", re.IGNORECASE)
_OTHER_FILE = re.compile(
    r"\.(jp2|j2k|jpe?g|png|gif|vrt|img|nc|h5|hdf|zarr|zip|gz|ovr|aux|xml|json|geojson|csv|txt)$", re.IGNORECASE
)


def find_path_fault(path: str) -> tuple[str, str] | None:
    """Return a message and a hint, None for a good path: a folder, a file, or a path with ``(BAND)``."""
    return _find_slash_fault(path) or _find_name_fault(path)


def _find_slash_fault(path: str) -> tuple[str, str] | None:
    if "://" in path:
        return "a path is a key in the bucket, not an address", "take s3:// and the bucket away"
    if path.startswith("/"):
        return "a path has no leading slash", f"write {path.lstrip('/')}"
    if path.endswith("/"):
        return "a path has no trailing slash", f"write {path.rstrip('/')}"
    if {"", ".", ".."} & set(path.split("/")):
        return "a path has no empty, . or .. segments", ""
    return None


def _find_name_fault(path: str) -> tuple[str, str] | None:
    if len(path.encode()) > MAX_BYTES or not path.isprintable():
        return "no key in S3 is like this: control characters, or more than 1,024 bytes", ""
    if path.count(BAND) > 1:
        return "(BAND) stands more than once", "the service does not say what two of them mean"
    is_file = BAND in path or _OTHER_FILE.search(path) is not None
    if is_file and not _TIFF.search(path):
        return "a tile's files end in .tif or .tiff", ""
    return None


def find_full_path_fault(path: str) -> tuple[str, str] | None:
    """Return a message and a hint, None for a path with ``(BAND)`` or of one file: a folder is none here."""
    fault = find_path_fault(path)
    if fault is None and not _TIFF.search(path):
        return "a tile's path ends in .tif or .tiff here", "a table names tiles in full, with (BAND) or as one file"
    return fault
