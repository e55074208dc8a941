"""Manifests for tests, from keyword arguments."""

from typing import Any

import yaml

B02_B03 = {name: {"bitDepth": 16, "sampleFormat": "UINT"} for name in ("B02", "B03")}
PATTERN = "{year}/{month}/{day}/{grid}/(BAND).tif"


def make_document(name: str, bucket: str, /, **spec: Any) -> str:
    """Return a Collection document; by default two bands and one pattern. A value of ``...`` leaves the key out."""
    full = {"s3Bucket": bucket, "bands": B02_B03, "tiles": [{"pattern": PATTERN}], **spec}
    document = {
        "apiVersion": "byocplan/v1",
        "kind": "Collection",
        "metadata": {"name": name},
        "spec": {key: value for key, value in full.items() if value is not ...},
    }
    return yaml.safe_dump(document, sort_keys=False)
