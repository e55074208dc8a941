"""Read manifests: paths in, everything they say out, or all problems at once. Reads files and standard input."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from byocplan.errors import ManifestError, Problem
from byocplan.manifest.collection import make_collection
from byocplan.manifest.documents import Document, check_document, find_variables, read_source
from byocplan.manifest.files import (
    MAX_BYTES,
    STDIN,
    FoundFile,
    ReadFault,
    find_files,
    find_project_file,
    get_folder,
    get_roots,
    iter_upwards,
    read_bytes,
)
from byocplan.manifest.merging import merge_spec
from byocplan.manifest.project import check_endpoint, check_profile, check_project, get_spec, make_project
from byocplan.manifest.source import Source
from byocplan.manifest.uniqueness import check_ids, check_names, check_projects
from byocplan.manifest.variables import iter_idle
from byocplan.model.project import Manifests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from byocplan.manifest.nodes import Node
    from byocplan.model.collection import Collection
    from byocplan.model.project import Project

PROJECT = "Project"

#: One line, since hints are shown as one.
EXAMPLE = (
    "write one, for example {apiVersion: byocplan/v1, kind: Collection, metadata: {name: mosaic},"
    ' spec: {s3Bucket: my-bucket, tiles: [{pattern: "{year}/{month}/{day}/(BAND).tif"}]}}'
)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the operator decides about reading manifests.

    ``variables`` go over ``spec.vars``; ``allow_hosts`` are hosts that manifests may name besides the known ones;
    ``trust_stdin`` lets standard input choose deployment, state and the AWS profile; ``stdin`` is read for ``-``.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    allow_hosts: frozenset[str] = frozenset()
    trust_stdin: bool = False
    stdin: IO[bytes] | IO[str] | bytes | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read. ``files`` are named as the user would.

    ``is_whole``: the Project document was among the input, and so was every manifest file below its folder. A Project
    that lies beside the input, or above it, counts for its settings alone.
    """

    manifests: Manifests
    warnings: tuple[Problem, ...]
    files: tuple[str, ...]
    is_whole: bool


@dataclass(slots=True)
class _Reading:
    """All files of one run."""

    options: ReadOptions
    problems: list[Problem] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    is_partial: bool = False


def read_manifests(paths: Sequence[str], options: ReadOptions) -> Loaded:
    """Return what the manifests below the paths say; raise ManifestError with every problem of every file."""
    paths = tuple(paths) or (".",)
    reading = _read_files(paths, options)
    if not reading.documents and not reading.problems:
        reading.problems.append(_describe_nothing(paths, reading.names))
    if not any(document.kind == PROJECT for document in reading.documents):
        reading.is_partial = True
        _read_project_beside(reading, get_folder(paths[0]))
    manifests, is_whole = _make_manifests(reading, get_folder(paths[0]))
    problems = tuple(dict.fromkeys(reading.problems))
    if any(not problem.is_warning for problem in problems):
        order = {name: index for index, name in enumerate(reading.names)}
        raise ManifestError(sorted(problems, key=lambda each: (order.get(each.file, -1), each.line, each.column)))
    return Loaded(manifests, problems, tuple(reading.names), is_whole)


def _describe_nothing(paths: Sequence[str], names: Sequence[str]) -> Problem:
    """Return what to say of input that says nothing: no files, or ``names`` with nothing in them."""
    match names:
        case []:
            return Problem(" ".join(paths), 0, 0, "no manifests here (*.yaml, *.yml)", hint=EXAMPLE)
        case [name]:
            what = "standard input" if name == STDIN else "this file"
            return Problem(name, 0, 0, f"{what} is empty, or has comments alone", hint=EXAMPLE)
    message = f"no manifests here: all {len(names):,} files are empty, or have comments alone"
    return Problem(" ".join(paths), 0, 0, message, hint=EXAMPLE)


def has_manifests(paths: Sequence[str]) -> bool:
    """Tell whether there is any file below the paths that ``read_manifests`` would read."""
    paths = tuple(paths)
    return bool(find_files(paths, get_roots(paths))[0])


def read_manifest_files(paths: Sequence[str]) -> tuple[list[tuple[str, Path, bytes]], list[Problem]]:
    """Return name, path and content of every file that ``read_manifests`` reads, and what it refuses to read."""
    roots = get_roots(tuple(paths))
    found, problems = find_files(tuple(paths), roots)
    files: list[tuple[str, Path, bytes]] = []
    for file in found:
        try:
            files.append((file.name, file.path, read_bytes(file.path, roots)))
        except ReadFault as fault:
            problems.append(Problem(file.name, 0, 0, f"this file {fault}"))
    return files, problems


def check_manifests(paths: Sequence[str], options: ReadOptions) -> tuple[Problem, ...]:
    """Return every problem and warning of the manifests below the paths."""
    try:
        return read_manifests(paths, options).warnings
    except ManifestError as error:
        return error.problems


def _read_files(paths: tuple[str, ...], options: ReadOptions) -> _Reading:
    roots = get_roots(paths)
    files, problems = find_files(paths, roots)
    reading = _Reading(options, problems)
    for file in files:
        reading.names.append(file.name)
        try:
            content = _read_stdin(options.stdin) if file.name == STDIN else read_bytes(file.path, roots)
        except ReadFault as error:
            problems.append(Problem(file.name, 0, 0, f"this file {error}"))
            continue
        documents, found = read_source(_make_source(file, roots), content)
        reading.documents += documents
        problems += found
    return reading


def _read_project_beside(reading: _Reading, folder: str) -> None:
    """Add the Project of the nearest ``byocplan.yaml``: in the folder, else in one above it, up to the current one."""
    for above in iter_upwards(folder):
        file, roots = find_project_file(above), (above.resolve(),)
        if file is None:
            continue
        try:
            documents, problems = read_source(_make_source(file, roots), read_bytes(file.path, roots))
        except ReadFault as error:
            documents, problems = [], [Problem(file.name, 0, 0, f"this file {error}")]
        reading.documents += [document for document in documents if document.kind == PROJECT]
        reading.problems += problems
        return


def _make_source(file: FoundFile, roots: tuple[Path, ...]) -> Source:
    return Source(file.name, (), file.path.parent, roots, is_stdin=file.name == STDIN)


def _read_stdin(stdin: IO[bytes] | IO[str] | bytes | None) -> bytes:
    if stdin is None or isinstance(stdin, bytes):
        content = stdin or b""
    else:
        try:
            taken = stdin.read(MAX_BYTES + 1)
        except ValueError as error:
            raise ReadFault("is not UTF-8 or is closed") from error
        content = taken.encode() if isinstance(taken, str) else taken
    if len(content) > MAX_BYTES:
        raise ReadFault("has more than 5 MB")
    return content


def _make_manifests(reading: _Reading, folder: str) -> tuple[Manifests, bool]:
    declared, given = find_variables(reading.documents), reading.options.variables
    sources = {document.source.name: document.source for document in reading.documents}
    reading.problems += iter_idle(given, declared, sources.values())
    variables = {**declared, **given}
    trees: dict[str, list[Node]] = {PROJECT: [], "Collection": []}
    for document in reading.documents:
        tree, problems = check_document(document, variables)
        reading.problems += problems
        trees[document.kind].append(tree)
    project, project_tree = _make_project(reading, trees[PROJECT], folder)
    collections = _make_collections(reading, trees["Collection"], project_tree)
    is_whole = project_tree is not None and not reading.is_partial and _has_read_all(reading, project_tree)
    return Manifests(project, tuple(sorted(collections, key=lambda each: each.address))), is_whole


def _has_read_all(reading: _Reading, project: Node) -> bool:
    """Tell whether no manifest below the folder of the Project's file was left out; standard input is all there is."""
    source = project.place.source
    if source.is_stdin:
        return True
    below, _ = find_files((str(source.folder),), (source.folder.resolve(),))
    read = {Path(name).resolve() for name in reading.names if name != STDIN}
    return all(file.path.resolve() in read for file in below)


def _make_project(reading: _Reading, trees: list[Node], folder: str) -> tuple[Project, Node | None]:
    options = reading.options
    reading.problems += check_projects(trees)
    for tree in trees:
        reading.problems += check_project(tree, options.allow_hosts, trust_stdin=options.trust_stdin)
    first = trees[0] if trees else None
    return make_project(first, str(first.place.source.folder) if first is not None else folder), first


def _make_collections(reading: _Reading, trees: list[Node], project: Node | None) -> list[Collection]:
    shared = project.find("spec") if project is not None else None
    collections, specs = [], []
    reading.problems += check_names(trees)
    for tree in trees:
        own = get_spec(tree)
        reading.problems += check_endpoint(own, reading.options.allow_hosts)
        reading.problems += check_profile(own, trust_stdin=reading.options.trust_stdin)
        spec = merge_spec(shared, own) or own
        specs.append(spec)
        collections.append(make_collection(tree, spec, reading.problems))
    reading.problems += check_ids(specs)
    return collections
