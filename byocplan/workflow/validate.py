"""Validate: manifests in, problems out. Reads files; contacts nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.errors import ManifestError
from byocplan.manifest import read_manifests
from byocplan.model.source import TableSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.errors import Problem
    from byocplan.manifest import ReadOptions
    from byocplan.model.collection import Collection


@dataclass(frozen=True, slots=True)
class Validation:
    """What a validation found: all problems, warnings among them, and how much was read when nothing is wrong."""

    problems: tuple[Problem, ...]
    files: int = 0
    collections: int = 0

    @property
    def is_valid(self) -> bool:
        """Whether there is nothing but warnings."""
        return all(problem.is_warning for problem in self.problems)


def validate(paths: Sequence[str], options: ReadOptions) -> Validation:
    """Read the manifests below ``paths`` and collect what is wrong with them."""
    try:
        loaded = read_manifests(paths, options)
    except ManifestError as error:
        return Validation(error.problems)
    problems = _check_tables(loaded.manifests.collections)
    if problems:
        return Validation((*loaded.warnings, *problems))
    return Validation(loaded.warnings, len(loaded.files), len(loaded.manifests.collections))


def _check_tables(collections: Sequence[Collection]) -> Sequence[Problem]:
    """Return what is wrong with tables; what reads them is loaded where there are any."""
    if not any(isinstance(source, TableSource) for collection in collections for source in collection.sources):
        return ()
    from byocplan.discovery.table import check_tables

    return check_tables(collections)
