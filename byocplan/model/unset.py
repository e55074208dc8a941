"""The difference between a key that is absent and one that is null. Pure."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Unset(Enum):
    """The manifest does not mention the key: what is live stays."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
