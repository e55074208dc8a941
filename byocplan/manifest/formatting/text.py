"""The steps of formatting, and the proof that they changed nothing but looks. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import yaml

from byocplan.errors import ManifestError
from byocplan.manifest.formatting.indent import indent_lines
from byocplan.manifest.formatting.meaning import make_meaning
from byocplan.manifest.formatting.order import order_lines
from byocplan.manifest.formatting.quotes import quote_lines
from byocplan.manifest.source import Source
from byocplan.manifest.yamlfaults import describe_yaml_error
from byocplan.manifest.yamltree import read_documents, split_lines

if TYPE_CHECKING:
    from pathlib import Path

_LOADER = cast("type[yaml.SafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))

BOM = "\ufeff"
#: YAML ends lines at these too: places in the text would not be those that its reader tells.
OTHER_BREAKS = "\r\x85\u2028\u2029"


def format_text(name: str, folder: Path, text: str) -> str:
    """Return the canonical form. Raises ManifestError for what is no YAML, or cannot be formatted.

    ``name`` and ``folder`` are for messages.
    """
    text = text.removeprefix(BOM).replace("\r\n", "\n")
    source = Source(name, split_lines(text), folder, (folder,))
    documents, problems = read_documents(source, text)
    if problems:
        raise ManifestError(problems)
    if any(mark in text for mark in OTHER_BREAKS):
        message = "this file has line ends other than LF and CRLF, and is not formatted"
        raise ManifestError([source.make_problem(0, 0, message, "save it with LF")])
    try:
        formatted = _format(text)
    except yaml.YAMLError as error:  # one anchor twice, which a reader of events takes and a composer does not
        raise ManifestError([describe_yaml_error(source, text, error)]) from error
    again, faults = read_documents(source, formatted)
    if faults or make_meaning(again) != make_meaning(documents) or _format(formatted) != formatted:
        message = "this file cannot be formatted without changing what it says"
        raise ManifestError([source.make_problem(0, 0, message, "write its texts of several lines in quotes")])
    return formatted


def _format(text: str) -> str:
    lines = text.split("\n")
    for step in (quote_lines, order_lines, indent_lines):
        lines = step(lines, compose("\n".join(lines)))
    return "".join(f"{line}\n" for line in _squeeze(lines, compose("\n".join(lines))))


def compose(text: str) -> list[yaml.Node]:
    """Return the documents as nodes with their places."""
    return list(yaml.compose_all(text, Loader=_LOADER))


def _squeeze(lines: list[str], documents: list[yaml.Node]) -> list[str]:
    """Strip ends of lines, and let one blank line stand for several, outside of texts of several lines."""
    inside = {line for node in documents for line in iter_inner_lines(node)}
    kept: list[str] = []
    for number, line in enumerate(lines):
        stripped = line if number in inside else line.rstrip()
        if stripped or number in inside or (kept and kept[-1]):
            kept.append(stripped)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def iter_inner_lines(node: yaml.Node) -> set[int]:
    """Return the lines on which a text of several lines goes on."""
    if isinstance(node, yaml.ScalarNode):
        return set(range(node.start_mark.line + 1, node.end_mark.line + (node.end_mark.column > 0)))
    inner: set[int] = set()
    for child in iter_children(node):
        inner |= iter_inner_lines(child)
    return inner


def iter_children(node: yaml.Node) -> list[yaml.Node]:
    """Return keys and values, or items."""
    if isinstance(node, yaml.MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
