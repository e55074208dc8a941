"""Documents: the bytes of one file in, its documents by kind and what is wrong with them out. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from byocplan.manifest.nodes import make_tree
from byocplan.manifest.schema import API_VERSION, KINDS, read_schema
from byocplan.manifest.validation import check_schema
from byocplan.manifest.wording import join_words, shorten, suggest
from byocplan.manifest.yamltree import Entry, Raw, read_documents, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from byocplan.errors import Problem
    from byocplan.manifest.nodes import Node
    from byocplan.manifest.source import Source


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a known kind, as written."""

    kind: str
    raw: Raw
    source: Source


def read_source(source: Source, content: bytes) -> tuple[list[Document], list[Problem]]:
    """Return the documents of a file. ``source`` comes without its lines."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [_describe_bytes(source, content, error)]
    source = replace(source, lines=split_lines(text))
    raws, problems = read_documents(source, text)
    documents = []
    for raw in raws:
        found = _classify(source, raw)
        if isinstance(found, Document):
            documents.append(found)
        else:
            problems.append(found)
    return documents, problems


def _describe_bytes(source: Source, content: bytes, error: UnicodeDecodeError) -> Problem:
    before = content[: error.start]
    line = before.count(b"\n") + 1
    column = len(before) - (before.rfind(b"\n") + 1) + 1
    return source.make_problem(line, column, "not UTF-8", "save the file as UTF-8")


def _classify(source: Source, raw: Raw) -> Document | Problem:
    """Return the document, or the one problem that says why it is none of ours: the rest of it says nothing then."""
    if not isinstance(raw.content, dict):
        return source.make_problem(raw.line, raw.column, "a document has to be a mapping", _HINT)
    for name, known in (("apiVersion", (API_VERSION,)), ("kind", KINDS)):
        entry = raw.content.get(name)
        if entry is None:
            return source.make_problem(raw.line, raw.column, f"the document lacks {name}", _HINT)
        value = entry.value
        if value.content not in known:
            said = shorten(value.content) if isinstance(value.content, str) else "what stands here"
            message = f"{name} must be {join_words(known)}, not {said}"
            return source.make_problem(value.line, value.column, message, suggest(said, known) or _HINT)
    return Document(str(raw.content["kind"].value.content), raw, source)


_HINT = "keep YAML of other programs out of the folders given, or name the manifests one by one"


def find_variables(documents: Iterable[Document]) -> dict[str, str]:
    """Return the ``spec.vars`` of the first Project among the documents."""
    for document in documents:
        if document.kind == "Project":
            entries = _find(_find(document.raw, "spec"), "vars")
            content = entries.content if entries is not None else None
            pairs: Mapping[str, Entry] = content if isinstance(content, dict) else {}
            return {name: pair.value.content for name, pair in pairs.items() if isinstance(pair.value.content, str)}
    return {}


def _find(raw: Raw | None, name: str) -> Raw | None:
    content = raw.content if raw is not None else None
    return content[name].value if isinstance(content, dict) and name in content else None


def check_document(document: Document, variables: Mapping[str, str]) -> tuple[Node, list[Problem]]:
    """Return the document as typed values, what is wrong being marked broken, and what is wrong."""
    schema = read_schema(document.kind)
    tree, problems = make_tree(document.raw, schema, document.kind, document.source, variables)
    return tree, [*problems, *check_schema(tree, document.kind)]
