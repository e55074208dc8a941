"""The API's names of a collection's fields. Pure."""

from __future__ import annotations

NAME, BUCKET, NO_DATA, BANDS, STORAGE = "name", "s3Bucket", "noData", "bands", "storageIdentifier"
