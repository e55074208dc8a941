"""Manifests: YAML files in, validated and located, the model's values out.

``read_manifests`` is the way in; ``byocplan.manifest.schema`` has the JSON Schema.
"""

from byocplan.manifest.formatting import format_text
from byocplan.manifest.reader import (
    Loaded,
    ReadOptions,
    check_manifests,
    has_manifests,
    read_manifest_files,
    read_manifests,
)

__all__ = [
    "Loaded",
    "ReadOptions",
    "check_manifests",
    "format_text",
    "has_manifests",
    "read_manifest_files",
    "read_manifests",
]
