"""How live tiles were looked at for a plan. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RefreshMode(StrEnum):
    """FULL lists every live tile, INCREMENTAL those that are new or not ingested, NONE none; the cache has the rest.

    OFFLINE asks nobody: not for collections either, nor for the files in buckets.
    """

    FULL = "full"
    INCREMENTAL = "incremental"
    NONE = "none"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Refresh:
    """``last_full_ms``: when the longest ago of the full listings behind the plan began; None where none was needed."""

    mode: RefreshMode = RefreshMode.FULL
    last_full_ms: int | None = None

    @property
    def is_full(self) -> bool:
        """Whether all live tiles were seen, so that what was not seen is not there."""
        return self.mode is RefreshMode.FULL
