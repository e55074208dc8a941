"""The reference of the manifest, from its JSON Schema. Pure, but for reading the schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from byocplan.manifest.schema import read_schema
from docs.generate.tables import render_code, render_page, render_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    Schema = dict[str, Any]

PREAMBLE = """\
# Manifest

Every key of a manifest, made by `make reference` from [the JSON Schema](../schemas/v1/manifest.schema.json), which
`byocplan schema` prints too. Keys that are not listed are errors. A file may hold several documents, parted by `---`.

An editor with a YAML language server completes and checks manifests that begin with

```yaml
# yaml-language-server: $schema=PATH/manifest.schema.json
```"""

HEAD = ("key", "type", "default", "meaning")
REFERENCE = "#/definitions/"
DEFAULT = re.compile(r" ?\bDefault:? (.+?)\.(?=\s|$)")


def render_manifest() -> str:
    """Return the page: a section for each mapping, those of the two documents first."""
    definitions = read_schema()["definitions"]
    sections = {name: each for name, each in definitions.items() if _is_section(each)}
    return render_page([PREAMBLE, *(_render_section(name, each, definitions) for name, each in sections.items())])


def _is_section(schema: Schema) -> bool:
    return "properties" in schema


def _render_section(name: str, schema: Schema, definitions: Schema) -> str:
    rows = [_make_row(key, child, definitions) for key, child in _iter_keys(schema)]
    return render_page([f"## {name}", schema["description"], render_table(HEAD, rows)]).rstrip()


def _iter_keys(schema: Schema, prefix: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield every key, those of mappings without a name of their own as ``outer.inner``."""
    for key, child in schema["properties"].items():
        yield prefix + key, {**child, "is_required": key in schema.get("required", ())}
        if "properties" in child:
            yield from _iter_keys(child, f"{prefix}{key}.")
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        yield f"{prefix}FIELD", others


def _make_row(key: str, child: Schema, definitions: Schema) -> tuple[str, ...]:
    full = {**_resolve(child, definitions), **child}
    text, default = _split_default(full)
    allowed = _describe_limits(full)
    return (
        render_code(key),
        _describe_type(child, definitions),
        "**required**" if child.get("is_required") else default,
        f"{text} {allowed}".strip(),
    )


def _resolve(schema: Schema, definitions: Schema) -> Schema:
    name = schema.get("$ref", "").removeprefix(REFERENCE)
    found: Schema = definitions[name] if name else schema
    return found


def _split_default(schema: Schema) -> tuple[str, str]:
    """Return the description without the sentence that tells the default, and that default."""
    text = schema.get("description", "")
    found = DEFAULT.search(text)
    return (DEFAULT.sub("", text, count=1).strip(), found[1]) if found else (text, "")


def _describe_type(schema: Schema, definitions: Schema) -> str:
    reference = schema.get("$ref", "").removeprefix(REFERENCE)
    full = _resolve(schema, definitions)
    if reference and _is_section(full):
        return f"[{reference}](#{reference.lower()})"
    names = [_describe_kind(kind, full, definitions) for kind in _get_types(full)]
    return " or ".join(names)


def _get_types(schema: Schema) -> list[str]:
    kinds = schema.get("type", "object")
    return kinds if isinstance(kinds, list) else [kinds]


def _describe_kind(kind: str, schema: Schema, definitions: Schema) -> str:
    items = schema.get("items", {})
    if kind == "array" and items and _resolve(items, definitions) is not schema:
        return f"list of {_describe_type(items, definitions)}"
    values = schema.get("additionalProperties")
    if kind == "object" and isinstance(values, dict) and "properties" not in schema:
        return f"mapping of {_describe_type(values, definitions)}"
    return {"object": _describe_object(schema), "null": "null", "array": "list"}.get(kind, kind)


def _describe_object(schema: Schema) -> str:
    """Return the word for a mapping: with a link to what it may be, where the schema says so only conditionally."""
    names = dict.fromkeys(_iter_references(schema))
    return " or ".join(f"[{name}](#{name.lower()})" for name in names) or "mapping"


def _iter_references(schema: Schema) -> Iterator[str]:
    for word in ("then", "else", "allOf"):
        part = schema.get(word, [])
        for each in part if isinstance(part, list) else [part]:
            if "$ref" in each:
                yield each["$ref"].removeprefix(REFERENCE)
            yield from _iter_references(each)


def _describe_limits(schema: Schema) -> str:
    """Return the allowed values as a sentence or two."""
    form = f"Form: {schema['patternErrorMessage']}." if "patternErrorMessage" in schema else ""
    parts = (_describe_values(schema), _describe_range(schema), form)
    return " ".join(part for part in parts if part)


def _describe_values(schema: Schema) -> str:
    places = (("One of ", schema), ("As a text: ", schema.get("else", {})), ("Each one of ", schema.get("items", {})))
    for words, place in places:
        if "enum" in place:
            return words + ", ".join(render_code(value) for value in place["enum"]) + "."
    return ""


def _describe_range(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum", schema.get("maxProperties"))
    if low is not None and high is not None:
        return f"{low} to {high}."
    if high is not None:
        return f"At most {high}."
    if "exclusiveMinimum" in schema:
        return f"Above {schema['exclusiveMinimum']}."
    return f"At least {low}." if low is not None else ""
