"""Who owns a live tile that nobody desires, and what that means for it. Pure.

Current scopes are what the manifest's sources could ask for now, recorded ones what they could at the last successful
apply. A listing that failed or found nothing proves nothing: deletes in its scope are off.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from byocplan.model.change import Origin, Reason, TileAction
from byocplan.model.path_set import PathSet
from byocplan.model.scope import PathScope, PatternScope, Scope
from byocplan.model.source import PatternSource, TableSource
from byocplan.model.tile import BAND, EXTENSIONS
from byocplan.model.tile_paths import TilePaths
from byocplan.sets import Orphan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from byocplan.model.discovered import Discovered, SourceReport
    from byocplan.model.source import TileSource

#: Extensions the service finds in a folder. Source: BYOC documentation, tile paths.
FOLDER_FORMS = tuple(f"/{BAND}{extension}" for extension in (*EXTENSIONS, ".TIF", ".TIFF"))


class Evidence(Enum):
    """What a source's listing says about files that it did not find."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class SourceScope:
    """The scope of one source and what its listing is worth; ``index`` counts in the order of the manifest.

    ``is_desired``: every path of the scope is desired, so that no tile to be judged lies in it.
    """

    index: int
    scope: Scope
    evidence: Evidence
    is_desired: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    """One scope that owns a path. ``index`` is the current source's, None for a recorded scope."""

    prune: bool
    group: str
    index: int | None
    evidence: Evidence = Evidence.COMPLETE


def make_source_scopes(sources: Sequence[TileSource], discovered: Discovered | None) -> tuple[SourceScope, ...]:
    """Return the scope of each source; without a report its listing counts as incomplete."""
    reports = discovered.sources if discovered else ()
    return tuple(
        SourceScope(index, make_scope(source, report), _weigh(report), isinstance(source, TableSource))
        for index, source in enumerate(sources)
        for report in (reports[index] if index < len(reports) else None,)
    )


def make_scope(source: TileSource, report: SourceReport | None = None) -> Scope:
    """Return what a source could ask for; a path in folder form could become any of its long forms."""
    if isinstance(source, TableSource):
        return PathScope(report.listed if report else PathSet(), source.options.prune)
    if isinstance(source, PatternSource):
        return PatternScope(source.pattern, source.where, source.options.prune)
    found_path = report.path if report else ""
    is_full = BAND in source.path or source.path.lower().endswith(EXTENSIONS)
    folder = source.path.rstrip("/")
    paths = {source.path} if is_full else {(folder + form).lstrip("/") for form in FOLDER_FORMS}
    return PathScope(frozenset(paths | ({found_path} if found_path else set())), source.options.prune)


def join_scopes(scopes: Sequence[Scope]) -> tuple[Scope, ...]:
    """Return the scopes with listed paths gathered in one scope for each ``prune``; patterns each once, in order.

    What is part of a scope that is there in whole is not recorded beside it.
    """
    joined: list[Scope] = []
    for scope in scopes:
        if isinstance(scope, PatternScope) and scope not in joined and not _is_covered(scope, scopes):
            joined.append(scope)
    for prune in (True, False):
        listed = (each.paths for each in scopes if isinstance(each, PathScope) and each.prune is prune)
        paths = PathSet.join(each if isinstance(each, PathSet) else PathSet(each) for each in listed)
        if paths:
            joined.append(PathScope(paths, prune))
    return tuple(joined)


class Ownership:
    """Judges the tiles of one collection that are live and not desired, and counts what it kept back.

    ``kept_back`` counts tiles by the source whose listing is no evidence; ``lingering`` are the recorded scopes that
    still own such tiles, listed paths narrowed to those seen.
    """

    def __init__(self, current: Sequence[SourceScope], recorded: Sequence[Scope]) -> None:
        self._patterns = [each for each in current if isinstance(each.scope, PatternScope)]
        self._paths = _index_paths(current)
        self._recorded = [scope for scope in recorded if not _is_current(scope, current)]
        self._known = frozenset(each.index for each in current if _is_recorded(each, recorded))
        self._listed = [scope for scope in recorded if isinstance(scope, PathScope)]
        self.evidence = {each.index: each.evidence for each in current}
        self._seen: dict[int, set[str]] = {}
        self.kept_back: Counter[int] = Counter()

    def judge(self, path: str) -> Orphan:
        """Return what is to become of the tile."""
        current = list(self._iter_current(path))
        recorded = list(self._iter_recorded(path))
        owners = [*current, *recorded]
        group = owners[0].group if owners else get_first_folder(path)
        if not owners:
            return Orphan(TileAction.UNMANAGED, Reason.NO_SCOPE, group)
        if not all(owner.prune for owner in owners):
            return Orphan(TileAction.UNMANAGED, Reason.SCOPE_RETAINED, group)
        doubtful = next((owner for owner in current if owner.evidence is not Evidence.COMPLETE), None)
        if doubtful is not None and doubtful.index is not None:
            self.kept_back[doubtful.index] += 1
            is_empty = doubtful.evidence is Evidence.EMPTY
            return Orphan(TileAction.KEEP, Reason.SOURCE_EMPTY if is_empty else Reason.SOURCE_INCOMPLETE, group)
        if not current:
            return Orphan(TileAction.DELETE, Reason.SCOPE_REMOVED, group, Origin.MANIFEST)
        is_new = not recorded and not self._was_asked(path, current)
        return Orphan(TileAction.DELETE, Reason.FILE_GONE, group, Origin.MANIFEST if is_new else Origin.BUCKET)

    def list_create_origins(self, known: Origin) -> tuple[Origin, ...]:
        """Return where the creates of each source come from: ``known`` where the last apply had the source already.

        Of a table that is not told: it may have new rows.
        """
        return tuple(known if index in self._known else Origin.MANIFEST for index in self.evidence)

    def _was_asked(self, path: str, current: Sequence[Owner]) -> bool:
        """Tell whether the scopes of the last apply had the path."""
        return any(owner.index in self._known for owner in current) or any(path in each.paths for each in self._listed)

    @property
    def lingering(self) -> tuple[Scope, ...]:
        """The recorded scopes that still own tiles."""
        return tuple(
            scope if isinstance(scope, PatternScope) else PathScope(frozenset(self._seen[index]), scope.prune)
            for index, scope in enumerate(self._recorded)
            if index in self._seen
        )

    def _iter_current(self, path: str) -> Iterator[Owner]:
        yield from self._paths.get(path, ())
        for each in self._patterns:
            group = _find_group(each.scope, path)
            if group is not None:
                yield Owner(each.scope.prune, group, each.index, each.evidence)

    def _iter_recorded(self, path: str) -> Iterator[Owner]:
        for index, scope in enumerate(self._recorded):
            if isinstance(scope, PathScope) and path in self._paths:
                continue
            group = _find_group(scope, path)
            if group is not None:
                seen = self._seen.setdefault(index, set())
                if isinstance(scope, PathScope):
                    seen.add(path)
                yield Owner(scope.prune, group, None)


def get_first_folder(path: str) -> str:
    """Return the first folder of a path, empty at the root of the bucket."""
    return path.partition("/")[0] if "/" in path else ""


def _find_group(scope: Scope, path: str) -> str | None:
    """Return the group of a path that the scope owns, None when it does not."""
    if isinstance(scope, PathScope):
        return get_first_folder(path) if path in scope.paths else None
    match = scope.pattern.match_tile(path)
    if match is None or not scope.where.accepts(match) or not scope.selected.takes(path):
        return None
    first = scope.pattern.first_field
    return (match.fields.get(first) if first else None) or get_first_folder(path)


def _index_paths(current: Sequence[SourceScope]) -> dict[str, list[Owner]]:
    """Return the owners of every listed path."""
    owners: defaultdict[str, list[Owner]] = defaultdict(list)
    for each in current:
        if isinstance(each.scope, PathScope) and not each.is_desired:
            for path in each.scope.paths:
                owners[path].append(Owner(each.scope.prune, get_first_folder(path), each.index, each.evidence))
    return dict(owners)


def _is_current(scope: Scope, current: Sequence[SourceScope]) -> bool:
    """Tell whether a recorded pattern is still asked for, so that the manifest's own ``prune`` counts."""
    return isinstance(scope, PatternScope) and any(
        isinstance(each.scope, PatternScope) and (each.scope.pattern, each.scope.where) == (scope.pattern, scope.where)
        for each in current
    )


def _is_covered(scope: PatternScope, scopes: Sequence[Scope]) -> bool:
    return not scope.selected.is_all and replace(scope, selected=TilePaths()) in scopes


def _is_recorded(each: SourceScope, recorded: Sequence[Scope]) -> bool:
    """Tell whether the scopes of the last apply hold all of a source's."""
    if isinstance(each.scope, PatternScope):
        return any(
            isinstance(scope, PatternScope) and (each.scope.pattern, each.scope.where) == (scope.pattern, scope.where)
            for scope in recorded
        )
    return not each.is_desired and any(
        isinstance(scope, PathScope) and each.scope.paths <= scope.paths for scope in recorded
    )


def _weigh(report: SourceReport | None) -> Evidence:
    if report is None or report.failure:
        return Evidence.INCOMPLETE
    return Evidence.COMPLETE if report.keys else Evidence.EMPTY
