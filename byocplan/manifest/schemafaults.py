"""What the schema complains of, in short plain sentences. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from byocplan.manifest.wording import join_words, shorten, suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.exceptions import ValidationError

    from byocplan.errors import Problem
    from byocplan.manifest.nodes import Node

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
    "object": "a mapping",
    "array": "a list",
}
_COMPARED = {
    "minimum": "must be at least {}",
    "exclusiveMinimum": "must be more than {}",
    "maximum": "must be at most {}",
    "minLength": "must not be empty",
    "maxLength": "must have at most {} characters",
    "minItems": "must have at least {} entry",
    "minProperties": "must have at least {} key",
    "maxProperties": "must have at most {} keys",
}
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_NUMBER_HINTS = (
    (re.compile(r"[+-]?\.?(nan|inf)", re.IGNORECASE), "NaN and infinity are no numbers here"),
    (re.compile(r"-?0[0-9]+"), "write it without leading zeros"),
    (re.compile(r"[+-]?[0-9][0-9a-fA-F_xo:]*"), "write decimal digits alone"),
)
_YAML_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


def describe_fault(node: Node, path: tuple[Any, ...], error: ValidationError) -> Iterator[tuple[str | None, Problem]]:
    """Yield the problems behind an error about ``node``, each with the key of it that is concerned, if one is."""
    if "propertyNames" in error.absolute_schema_path and isinstance(error.instance, str):
        yield error.instance, _describe_name(node, error)
    elif error.validator == "additionalProperties":
        yield from _describe_unknown_keys(node, error)
    elif error.validator == "required":
        yield from _describe_missing_keys(node, path, error)
    else:
        message, hint = _describe_value(node, error)
        yield None, node.place.make_problem(f"{_name(path)} {message}", hint)


def _name(path: tuple[Any, ...]) -> str:
    """Return what a message calls the value: its key, or ``tiles[2]``."""
    if not path:
        return "the document"
    index = len(path) - 1
    while index and isinstance(path[index], int):
        index -= 1
    return f"{path[index]}{''.join(f'[{step}]' for step in path[index + 1 :])}"


def _describe_name(node: Node, error: ValidationError) -> Problem:
    name = str(error.instance)
    says = error.schema.get("patternErrorMessage", "") if isinstance(error.schema, dict) else ""
    place = node.value[name].key if isinstance(node.value, dict) else node.place
    return place.make_problem(f"{shorten(name) or 'an empty text'} is no name here", f"allowed: {says}" if says else "")


def _describe_unknown_keys(node: Node, error: ValidationError) -> Iterator[tuple[str, Problem]]:
    known = error.schema["properties"] if isinstance(error.schema, dict) else {}
    children = node.value if isinstance(node.value, dict) else {}
    for name, child in children.items():
        if name in known:
            continue
        if {name, "pattern"} == {"path", "pattern"} and "pattern" in known:
            yield name, child.key.make_problem("pattern and path exclude each other", "make two entries of them")
            continue
        hint = suggest(name, known) or f"known here: {', '.join(known)}"
        yield name, child.key.make_problem(f"unknown key {shorten(name)}", hint)


def _describe_missing_keys(node: Node, path: tuple[Any, ...], error: ValidationError) -> Iterator[tuple[str, Problem]]:
    for name in _get_wanted(error):
        if isinstance(node.value, dict) and name not in node.value:
            what = "pattern or path" if name == "path" else name
            yield name, node.place.make_problem(f"{_name(path)} lacks {what}")


def _describe_value(node: Node, error: ValidationError) -> tuple[str, str]:
    wanted = _get_wanted(error)
    match error.validator:
        case "type":
            types = [wanted] if isinstance(wanted, str) else list(wanted)
            return f"must be {join_words(_TYPES[each] for each in types)}, not {_say(node)}", _hint_type(node, types)
        case "enum":
            return f"must be {join_words(wanted)}, not {_say(node)}", suggest(str(node.value), map(str, wanted))
        case "pattern":
            says = error.schema.get("patternErrorMessage", "") if isinstance(error.schema, dict) else ""
            return f"must be {says or 'of another form'}, not {_say(node)}", ""
        case name if name in _COMPARED:
            return _COMPARED[name].format(wanted), ""
    return "does not fit the schema", ""


def _get_wanted(error: ValidationError) -> Any:
    """Return what the keyword of the schema asks for."""
    return error.validator_value


def _say(node: Node) -> str:
    """Return what stands there, for the end of a sentence."""
    if isinstance(node.value, dict):
        return "a mapping"
    if isinstance(node.value, list):
        return "a list"
    if node.value is None and not node.text:
        return "nothing"
    return shorten(node.text) if node.is_plain else f'the text "{shorten(node.text)}"'


def _hint_type(node: Node, types: list[str]) -> str:
    text = node.text
    if isinstance(node.value, dict):
        return "a text that begins with { needs quotes" if "string" in types else ""
    if node.value is None:
        return f'write "{text}" in quotes if the word is meant' if text and "string" in types else "write a value"
    if "boolean" in types and text.casefold() in _YAML_BOOLEANS:
        return f"write {_YAML_BOOLEANS[text.casefold()]}"
    return _hint_number(node) if {"integer", "number"} & set(types) else ""


def _hint_number(node: Node) -> str:
    if not node.is_plain:
        return "take the quotes off" if _DECIMAL.fullmatch(node.text) else ""
    return next((hint for form, hint in _NUMBER_HINTS if form.fullmatch(node.text)), "")
