"""The published JSON Schemas: a name in, the schema out. Reads files of the package.

A wheel holds them at ``byocplan/schemas``; a checkout or an editable install beside the package.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

VERSION = "v1"


def get_schemas_folder() -> Path:
    """Return the folder that holds ``v1/``."""
    package = Path(__file__).parent
    folders = (package / "schemas", package.parent / "schemas")
    return next((folder for folder in folders if (folder / VERSION).is_dir()), folders[0])


@cache
def read_schema_file(name: str) -> dict[str, Any]:
    """Return the schema called ``name`` (``manifest``, ``plan``). Shared between callers: do not change it."""
    path = get_schemas_folder() / VERSION / f"{name}.schema.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema
