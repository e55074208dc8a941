"""Manifests in, an open plan out. Reads the manifests, the buckets, the state and the service; writes nothing there."""

from __future__ import annotations

import shlex
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias, Unpack

from byocplan.notebook.boundary import make_errors_plain, make_fault
from byocplan.notebook.open_plan import OpenPlan
from byocplan.notebook.reading import Paths, Reading, make_bucket_opener, read_given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.api.client import ReadClient
    from byocplan.model.refresh import RefreshMode
    from byocplan.model.selection import Selection
    from byocplan.notebook.reading import Given
    from byocplan.workflow.plan import Surroundings

Texts: TypeAlias = "str | Sequence[str]"


def plan(  # noqa: PLR0913 - what the command has as options, so that help() and editors show it
    paths: Paths = ".",
    *,
    refresh: Literal["full", "incremental", "none"] = "full",
    covers: bool = True,
    target: Texts = (),
    exclude: Texts = (),
    selector: Texts = (),
    only: Texts = (),
    status: Texts = (),
    **reading: Unpack[Reading],
) -> OpenPlan:
    """Return what ``byocplan plan`` shows, open: its tile changes can be asked for until it is closed.

    ``refresh`` is as of the command; so are ``target``, ``exclude``, ``selector``, ``only`` and ``status``, one text or
    several each: with them a part is planned alone. ``covers``: hold the cover geometries of live tiles too, for maps;
    without, a listing takes half the time. ``variables`` and ``allow_hosts`` are as ``--var`` and ``--allow-host``.

    Raises ManifestError, StateError, AccessError, UnreachableError, BucketError or ApiError of ``byocplan.errors``.
    """
    from byocplan.sets import TileSets
    from byocplan.workflow.plan import compute_plan

    with make_errors_plain(), ExitStack() as stack:
        mode = _choose_mode(refresh)
        selection = _choose_selection((target, exclude, selector), only, status)
        given = read_given(paths, **reading)
        sets = stack.enter_context(TileSets())
        with given.open_reader() as client:
            around = _make_surroundings(given, client, mode, holds_covers=covers)
            computed = compute_plan(given.loaded, replace(around, selection=selection), sets)
        stack.pop_all()
        return OpenPlan(computed, sets, f"{computed.command} {shlex.join(given.typed)}")


def _choose_mode(refresh: str) -> RefreshMode:
    from byocplan.model.refresh import RefreshMode

    modes = [mode for mode in RefreshMode if mode is not RefreshMode.OFFLINE]
    if refresh not in modes:
        raise make_fault("plan", f"refresh={refresh!r} is unknown", hint=f"choose one of {', '.join(modes)}")
    return RefreshMode(refresh)


def _choose_selection(targets: tuple[Texts, Texts, Texts], only: Texts, status: Texts) -> Selection:
    from byocplan.cli.narrowing import make_selection
    from byocplan.cli.targets import parse_targets

    actions, statuses = (",".join(_list_texts(texts)) for texts in (only, status))
    return make_selection(actions or None, statuses or None, parse_targets(*map(_list_texts, targets)))


def _list_texts(texts: Texts) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)


def _make_surroundings(given: Given, client: ReadClient, mode: RefreshMode, *, holds_covers: bool) -> Surroundings:
    from byocplan.cli.wiring import open_inventory, open_settled, open_state
    from byocplan.model.project import LOCAL
    from byocplan.workflow.plan import Surroundings

    project = given.project
    return Surroundings(
        project,
        client,
        open_state(project),
        make_bucket_opener(),
        time.time_ns() // 1_000_000,
        refresh=mode,
        inventory=open_inventory(project),
        # As the command: a cache beside a local state is kept, one that others share is not written by reading.
        keeps_inventory=project.state == LOCAL,
        holds_covers=holds_covers,
        settled=open_settled(project),
    )
