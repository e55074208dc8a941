"""Scopes as plain values (maps, lists, texts) and back: patterns as their text, listed paths as a list. Pure.

A value is what the manifest says, a little more explicit::

    {pattern: "{year}/(BAND).tif", where: {date: {from: "2019-01-01T00:00:00Z"}, fields: {grid: ["28V"]}}, prune: false}
    {pattern: "{year}/(BAND).tif", like: ["2019/*"]}
    {paths: ["special/scene-7_(BAND).tiff"]}
    {packed: "eJyLVipOTs1LLdY3jNdwcvRz0dQryUxTigUAV8kHFA=="}

Many paths are packed, so that a table of many rows is one line of the state: a sorted JSON list, deflated, in base64.
"""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING, Any

import msgspec

from byocplan.model.instant import format_instant, make_instant
from byocplan.model.path_set import PathSet
from byocplan.model.pattern import DateRange, Where, compile_pattern
from byocplan.model.scope import PathScope, PatternScope
from byocplan.model.tile_paths import TilePaths

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from byocplan.model.scope import Scope


#: More listed paths than this are packed.
MAX_LISTED = 200
MAX_UNPACKED_BYTES = 1024**3


class DateForm(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """``where.date`` as it is kept: instants as text."""

    from_: str | None = None
    to: str | None = None


class WhereForm(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """``where`` as it is kept; ``time`` names the time that ``date`` tests."""

    date: DateForm | None = None
    time: str | None = None
    fields: dict[str, list[str]] = {}


class ScopeForm(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """A scope as it is kept: either ``pattern``, ``paths`` or ``packed``.

    ``like`` and ``unlike`` are the wildcards of tile paths that an apply was limited to.
    """

    pattern: str | None = None
    where: WhereForm | None = None
    paths: list[str] | None = None
    packed: str | None = None
    prune: bool = True
    like: list[str] = []
    unlike: list[str] = []


def encode_scope(scope: Scope) -> dict[str, Any]:
    """Return the scope as plain values; listed paths are sorted."""
    form = _make_form(scope)
    plain: dict[str, Any] = msgspec.to_builtins(form)
    return plain


def make_scope(form: ScopeForm) -> Scope:
    """Return the scope of a form.

    Raises ValueError where it says none or several, PatternError for a pattern that this version does not know.
    """
    if sum(each is not None for each in (form.pattern, form.paths, form.packed)) != 1:
        raise ValueError("a scope has either `pattern`, `paths` or `packed`")
    if form.packed is not None:
        return PathScope(PathSet(_unpack(form.packed)), form.prune)
    if form.pattern is None:
        return PathScope(frozenset(form.paths or ()), form.prune)
    where = _make_where(form.where or WhereForm())
    selected = TilePaths(tuple(form.like), tuple(form.unlike))
    return PatternScope(compile_pattern(form.pattern), where, form.prune, selected)


def _make_form(scope: Scope) -> ScopeForm:
    if isinstance(scope, PathScope) and len(scope.paths) > MAX_LISTED:
        return ScopeForm(packed=_pack(_sort(scope.paths)), prune=scope.prune)
    if isinstance(scope, PathScope):
        return ScopeForm(paths=sorted(scope.paths), prune=scope.prune)
    return ScopeForm(
        pattern=scope.pattern.text,
        where=_make_where_form(scope.where),
        prune=scope.prune,
        like=list(scope.selected.like),
        unlike=list(scope.selected.unlike),
    )


def _sort(paths: AbstractSet[str]) -> Iterable[str]:
    return paths if isinstance(paths, PathSet) else sorted(paths)


def _pack(paths: Iterable[str]) -> str:
    """Return the paths as one text; they are in order."""
    writer, packed, mark = zlib.compressobj(), bytearray(), b"["
    for path in paths:
        packed += writer.compress(mark + msgspec.json.encode(path))
        mark = b","
    packed += writer.compress(b"]") + writer.flush()
    return base64.b64encode(packed).decode("ascii")


def _unpack(text: str) -> list[str]:
    """Return packed paths; ValueError for anything else."""
    reader = zlib.decompressobj()
    try:
        content = reader.decompress(base64.b64decode(text, validate=True), MAX_UNPACKED_BYTES)
    except zlib.error as error:
        raise ValueError(f"`packed` cannot be read ({error})") from error
    if not reader.eof or reader.unused_data:
        raise ValueError("`packed` is cut off, or more than it may be")
    return msgspec.json.decode(content, type=list[str])


def _make_where_form(where: Where) -> WhereForm | None:
    date = None
    if where.date is not None:
        date = DateForm(_format(where.date.from_ms), _format(where.date.to_ms))
    form = WhereForm(date, where.time_name, {name: list(texts) for name, texts in sorted(where.fields.items())})
    return None if form == WhereForm() else form


def _make_where(form: WhereForm) -> Where:
    date = None if form.date is None else DateRange(_parse(form.date.from_), _parse(form.date.to))
    return Where(date, {name: tuple(texts) for name, texts in form.fields.items()}, form.time)


def _format(instant_ms: int | None) -> str | None:
    return None if instant_ms is None else format_instant(instant_ms)


def _parse(text: str | None) -> int | None:
    return None if text is None else make_instant(text)
