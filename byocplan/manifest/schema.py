"""The manifest's JSON Schema: whole, of one kind, and as it applies to one node. Reads the published file."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from byocplan.schemafiles import read_schema_file

if TYPE_CHECKING:
    from byocplan.manifest.yamltree import Raw

API_VERSION = "byocplan/v1"
KINDS = ("Project", "Collection")


@cache
def read_schema(kind: str | None = None) -> dict[str, Any]:
    """Return the schema of all documents, or of one ``kind`` (KeyError for another). Shared: do not change it."""
    whole = read_schema_file("manifest")
    if kind is None:
        return whole
    head = {"$schema": whole["$schema"], "$id": f"{whole['$id']}:{kind.lower()}"}
    return {**head, **whole["definitions"][kind], "definitions": whole["definitions"]}


def select_schema(schema: dict[str, Any], raw: Raw) -> dict[str, Any]:
    """Return the schema without ``$ref``, ``allOf`` and ``if``: what is left when they are applied to the node."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/definitions/")
        return select_schema(read_schema_file("manifest")["definitions"][name], raw)
    for part in schema.get("allOf", ()):
        schema = {**schema, **select_schema(part, raw)}
    if "if" in schema:
        branch = schema["then"] if _fits(schema["if"], raw) else schema["else"]
        return {**schema, **select_schema(branch, raw)}
    return schema


def get_child_schema(schema: dict[str, Any], key: str) -> dict[str, Any]:
    """Return what an already selected schema says of a key; ``{}`` when it says nothing."""
    child = schema.get("properties", {}).get(key)
    if child is None:
        child = schema.get("additionalProperties")
    return child if isinstance(child, dict) else {}


def get_types(schema: dict[str, Any]) -> frozenset[str]:
    """Return the JSON types an already selected schema allows; a text where it says nothing."""
    types = schema.get("type", "string")
    return frozenset([types] if isinstance(types, str) else types)


def _fits(condition: dict[str, Any], raw: Raw) -> bool:
    """Tell whether an ``if`` of our schema holds. Only the two forms that the schema uses are known."""
    is_mapping = isinstance(raw.content, dict)
    if "required" in condition:
        return isinstance(raw.content, dict) and set(condition["required"]) <= raw.content.keys()
    return is_mapping and condition == {"type": "object"}
