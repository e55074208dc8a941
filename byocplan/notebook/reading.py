"""Paths as typed in, what the manifests there say and how to reach the service out. Reads files and the environment."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, TypeAlias, TypedDict, Unpack

from byocplan.notebook.boundary import make_fault, render_input_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from byocplan.api.client import ReadClient
    from byocplan.discovery.listing import Bucket
    from byocplan.manifest import Loaded, ReadOptions
    from byocplan.model.collection import Collection
    from byocplan.model.project import Project

Path: TypeAlias = "str | os.PathLike[str]"
Paths: TypeAlias = "Path | Sequence[Path]"

STDIN = "-"
#: From here past the function that was called to the line that called it.
CALLER = 3


class Reading(TypedDict, total=False):
    """How manifests are read.

    ``variables`` go over ``spec.vars``; ``allow_hosts`` are hosts that manifests may name besides the known ones.
    """

    variables: Mapping[str, str]
    allow_hosts: Iterable[str]


@dataclass(frozen=True, slots=True)
class Given:
    """What a function was given: manifests that were read, and the project, placed on its deployment.

    ``typed`` are the options and paths by which a command reads the same.
    """

    loaded: Loaded
    project: Project
    allow_hosts: frozenset[str]
    typed: tuple[str, ...]

    def open_reader(self) -> ReadClient:
        """Return a client that cannot write; sends nothing yet. AccessError without credentials."""
        from byocplan.cli.wiring import make_run_id, open_reader

        return open_reader(self.project, make_run_id(), self.allow_hosts)


def list_paths(paths: Paths) -> tuple[str, ...]:
    """Return the paths as a command is given them: never none. InputError for standard input, which is the kernel's."""
    given = (paths,) if isinstance(paths, str | os.PathLike) else paths
    texts = tuple(os.fspath(path) for path in given) or (".",)
    if STDIN in texts:
        raise make_fault("paths", "standard input is not read here", hint="name files or folders")
    return texts


def make_read_options(*, variables: Mapping[str, str] | None = None, allow_hosts: Iterable[str] = ()) -> ReadOptions:
    """Return the same in the words of the manifest reader, with the hosts that the environment allows."""
    from byocplan.api.hosts import make_allowed_hosts
    from byocplan.manifest import ReadOptions

    texts = {name: str(value) for name, value in (variables or {}).items()}
    return ReadOptions(variables=texts, allow_hosts=make_allowed_hosts(os.environ, _list_hosts(allow_hosts)))


def read_given(paths: Paths, **reading: Unpack[Reading]) -> Given:
    """Return what the manifests say; what is merely unwise becomes a warning of Python. Raises ManifestError."""
    from byocplan.cli.options import Input
    from byocplan.cli.wiring import place_project
    from byocplan.manifest import read_manifests

    texts, hosts = list_paths(paths), _list_hosts(reading.get("allow_hosts", ()))
    options = make_read_options(variables=reading.get("variables"), allow_hosts=hosts)
    loaded = read_manifests(texts, options)
    if loaded.warnings:
        warnings.warn(render_input_problems(loaded.warnings), stacklevel=CALLER)
    typed = Input(texts, options.variables, options.allow_hosts, trust_stdin=False, typed_hosts=hosts).typed
    return Given(loaded, place_project(loaded.manifests.project), options.allow_hosts, typed)


def _list_hosts(allow_hosts: Iterable[str]) -> tuple[str, ...]:
    return (allow_hosts,) if isinstance(allow_hosts, str) else tuple(allow_hosts)


def make_bucket_opener() -> Callable[[Collection], Bucket]:
    """Return what opens buckets on S3, with equal settings as one client.

    A command keeps clients as long as it runs. A kernel lives for days, and its environment and credentials change.
    """
    from byocplan.discovery.s3_bucket import make_s3_bucket

    open_s3 = cache(lambda settings: make_s3_bucket("", settings))
    return lambda collection: replace(open_s3(collection.s3), name=collection.s3_bucket)
