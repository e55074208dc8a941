"""What an emulator is told when it starts: values only. Pure."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from byocplan.emulator.errors import SettingsError

Check = Literal["full", "listing", "none"]


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Facts that no document settles; each is a switch and the default is the likelier answer."""

    #: A second tile with the path of a first one.
    duplicate_path: Literal["conflict", "accept"] = "conflict"
    #: A tile whose short path becomes the full path of another tile.
    expanded_duplicate: Literal["fail", "accept"] = "fail"
    #: A second collection with the name of a first one.
    duplicate_collection_name: Literal["accept", "conflict"] = "accept"
    #: The status of a forbidden edit of bands or bucket.
    forbidden_edit_status: Literal[400, 409] = 400
    #: What becomes of the sensing time when a tile's PUT leaves it out.
    omitted_sensing_time: Literal["clear", "keep"] = "clear"
    #: Where a cover geometry of more than 100 points is refused.
    cover_points_check: Literal["request", "ingestion"] = "request"
    #: What a tile's status says while it is ingested again.
    reingest_status: Literal["walk", "keep"] = "walk"
    #: A reingest of a tile that is still pending.
    reingest_pending: Literal["accept", "refuse"] = "accept"
    #: Files with 32 bit integers: in the API's enumeration, not among the documented sample types.
    int32_samples: Literal["refuse", "accept"] = "refuse"
    #: Overviews with internal tiles under 256 pixels. The documents speak of "the internal tile size", and one failure
    #: of an overview is on record; yet GDAL makes overviews of 128 by itself, and sound COGs everywhere have them.
    small_overview_blocks: Literal["accept", "refuse"] = "accept"
    #: A path without ``(BAND)`` that names a ``.tif`` file: users have posted such, no document tells what comes of it.
    one_file_path: Literal["ingest", "fail"] = "ingest"
    #: A sensing time finer than milliseconds.
    sub_millisecond: Literal["truncate", "refuse"] = "truncate"
    #: The documented "one megabyte".
    header_limit_bytes: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Pace:
    """Who moves a tile from WAITING to its end: the worker at once, every ``reads`` reads, or ``seconds`` later."""

    reads: int | None = None
    seconds: float | None = None

    @property
    def is_now(self) -> bool:
        """True when the worker ingests as soon as it can."""
        return self.reads is None and self.seconds is None


def decode_pace(text: str) -> Pace:
    """Return the pace for ``now``, ``reads:N`` or ``seconds:T``."""
    word, _, amount = text.partition(":")
    try:
        if text == "now":
            return Pace()
        if word == "reads" and int(amount) >= 1:
            return Pace(reads=int(amount))
        if word == "seconds" and float(amount) >= 0:
            return Pace(seconds=float(amount))
    except ValueError:
        pass
    raise SettingsError(f"ingest: {text!r} cannot be used", "write now, reads:N (N from 1) or seconds:T")


@dataclass(frozen=True, slots=True)
class EmulatorSettings:
    """Everything an emulator can be told; port 0 takes a free port."""

    host: str = "127.0.0.1"
    port: int = 8787
    #: A SQLite file, or ``:memory:``.
    store: str = ":memory:"
    #: ``embedded`` starts an S3 server beside the emulator; anything else is the URL of an S3 endpoint.
    s3: str = "embedded"
    s3_port: int = 0
    #: A folder of folders: ``<bucket>/<key...>``.
    load: Path | None = None
    seed: Path | None = None
    ingest: str = "now"
    check: Check = "full"
    #: Requests a minute for each account; none means no limit.
    rate_per_minute: float | None = None
    #: How many requests may come at once; the whole minute's budget when none.
    rate_capacity: int | None = None
    token_lifetime_s: float = 3599
    #: Accepted client ids and secrets; any when empty.
    clients: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    #: How long after a tile came or went the collection's extent and times follow.
    metadata_delay_s: float = 0.0
    #: How far the emulator's clock is off: token expiry and time stamps follow it.
    clock_offset_s: float = 0.0
    #: Rules of the fault language, one a line.
    faults: str = ""
    tls: bool = False
    threads: int = 10
    assumptions: Assumptions = field(default_factory=Assumptions)
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
