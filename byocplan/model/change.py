"""Changes: what a plan wants done to one collection, to a tile set, to one tile. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.address import Address
    from byocplan.model.collection import CollectionPayload


class Action(StrEnum):
    """What becomes of a collection."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    ADOPT = "adopt"
    DELETE = "delete"
    FORGET = "forget"
    KEEP = "keep"


class TileAction(StrEnum):
    """The class of a tile. CREATE and INCOMPLETE are desired and not live; every live tile is in one of the others.

    (A tile that is live and now incomplete is KEEP.)
    """

    CREATE = "create"
    UPDATE = "update"
    REINGEST = "reingest"
    DELETE = "delete"
    KEEP = "keep"
    UNMANAGED = "unmanaged"
    PENDING = "pending"
    FAILED = "failed"
    INCOMPLETE = "incomplete"


#: The tile actions that write, in the order in which they are carried out.
WRITES = (TileAction.CREATE, TileAction.UPDATE, TileAction.REINGEST, TileAction.DELETE)


class Reason(StrEnum):
    """Why a change is planned.

    FIELD_CHANGED is said of collections, and of tiles to update in plan files that do not say what of them differs.
    """

    NOT_LIVE = "not-live"
    FIELD_CHANGED = "field-changed"
    SENSING_TIME = "sensing-time"
    COVER_GEOMETRY = "cover-geometry"
    SENSING_TIME_AND_COVER_GEOMETRY = "sensing-time-and-cover-geometry"
    IMMUTABLE_FIELD = "immutable-field"
    NOT_IN_MANIFEST = "not-in-manifest"
    NOT_BOUND = "not-bound"
    RETAINED = "retained"
    AS_DESIRED = "as-desired"
    CONTENT_CHANGED = "content-changed"
    INGESTION_FAILED = "ingestion-failed"
    FILE_NEWER = "file-newer"
    FILE_GONE = "file-gone"
    SCOPE_REMOVED = "scope-removed"
    SCOPE_RETAINED = "scope-retained"
    FILE_MISSING = "file-missing"
    COLLECTION_REPLACED = "collection-replaced"
    NO_SCOPE = "no-scope"
    INGESTING = "ingesting"
    SOURCE_INCOMPLETE = "source-incomplete"
    SOURCE_EMPTY = "source-empty"
    NOT_SELECTED = "not-selected"
    DESTROYED = "destroyed"


#: The reasons of updates that give a tile another sensing time.
RETIMING = frozenset({Reason.SENSING_TIME, Reason.SENSING_TIME_AND_COVER_GEOMETRY})


class Origin(StrEnum):
    """Where a change comes from: who moved, what the manifests ask for, the files, or what is live."""

    MANIFEST = "manifest"
    BUCKET = "bucket"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """``path`` is the API's own (``noData``, ``bands.Red.noData``); values are JSON values, None for absent.

    ``is_immutable``: the service refuses it in place on a collection that has tiles.
    """

    path: str
    before: object
    after: object
    is_immutable: bool = False
    origin: Origin = Origin.MANIFEST


@dataclass(frozen=True, slots=True)
class CollectionChange:
    """What is to be done to one collection.

    ``id`` is None for a create. ``payload`` is what the write sends (None where nothing is sent). ``blocked`` says in
    words why the change can't be carried out; empty when it can. ``origin`` is LIVE where anything of it is; its fields
    have their own.
    """

    address: Address
    action: Action
    reason: Reason
    name: str
    s3_bucket: str
    origin: Origin = Origin.MANIFEST
    id: str | None = None
    fields: tuple[FieldChange, ...] = ()
    payload: CollectionPayload | None = None
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class Precondition:
    """The live values that a change of a tile was made from; a change is judged by them just before it is written.

    Digests are those of ``model.tile.make_digest``; empty for what was not there.
    """

    sensing_time_ms: int | None = None
    cover_digest: str = ""
    files_digest: str = ""
    started_ms: int | None = None


@dataclass(frozen=True, slots=True)
class TileChange:
    """What is to be done to one tile.

    ``id`` is None for a create. ``sensing_time_ms`` and ``cover`` are the merged values a write sends. For an UPDATE or
    CREATE ``*_managed`` tells whether the manifest asks for the value (an update keeps what is live otherwise).
    ``also_reingest``: the files of a tile to UPDATE have changed too. ``before`` is None for a create, and where the
    change is to be carried out whatever the tile has become. ``group`` is the text of the pattern's first field, empty
    where it is not known.
    """

    action: TileAction
    path: str
    reason: Reason
    id: str | None = None
    sensing_time_ms: int | None = None
    sensing_managed: bool = False
    cover: str | None = None
    cover_managed: bool = False
    also_reingest: bool = False
    before: Precondition | None = None
    group: str = field(default="", compare=False)
    origin: Origin = field(default=Origin.MANIFEST, compare=False)

    @property
    def live_sensing_time_ms(self) -> int | None:
        """The sensing time the change was made from; None for timeless, and where nothing was live."""
        return self.before.sensing_time_ms if self.before else None

    @property
    def is_retimed(self) -> bool:
        """Whether it is an update that gives the tile another sensing time than the one it is known to have."""
        is_known = self.action is TileAction.UPDATE and self.before is not None
        return is_known and self.live_sensing_time_ms != self.sensing_time_ms


@dataclass(frozen=True, slots=True)
class TileSample:
    """One tile shown as an example of its set; ``live_sensing_time_ms`` counts where it is retimed."""

    path: str
    sensing_time_ms: int | None
    reason: str
    live_sensing_time_ms: int | None = None

    @property
    def is_retimed(self) -> bool:
        """Whether the tile gets another sensing time."""
        return self.reason in RETIMING


@dataclass(frozen=True, slots=True)
class SetChange:
    """All tiles of one collection that share an action, as a set.

    ``groups`` holds counts by ``prefix`` (first field of the pattern, else first folder) and by ``month``
    (``2019-11``; ``timeless``), largest first, cut to a bounded number of groups; ``reasons`` counts by reason.
    ``digest`` is a SHA-256 over path, desired sensing time and cover of all members of a set that writes, independent
    of their order; ``reingest_digest`` the same of those members of an UPDATE whose files are read again too.
    ``origins`` counts the members of a set that writes by origin.
    """

    action: TileAction
    count: int
    groups: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    samples: tuple[TileSample, ...] = ()
    digest: str = ""
    reingest_digest: str = ""
    origins: Mapping[str, int] = field(default_factory=dict)

    def count_origin(self, origin: Origin) -> int:
        """Return how many members have the origin."""
        return self.origins.get(origin.value, 0)
