"""The emulator's clock and the API's time stamps. Touches nothing but the clock it is given."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SENSING_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)


class Clock:
    """A clock that an admin request can put forward."""

    def __init__(self, now: Callable[[], float], offset_s: float = 0.0) -> None:
        self._now, self.offset_s = now, offset_s

    def now_s(self) -> float:
        """Return seconds since 1970."""
        return self._now() + self.offset_s

    def now_us(self) -> int:
        """Return whole microseconds since 1970."""
        return round(self.now_s() * 1_000_000)


def encode_created(moment_us: int) -> str:
    """Return a time stamp of the service's own making: always six digits of fraction, always ``Z``."""
    return make_second(moment_us // 1_000_000) % (moment_us % 1_000_000)


@lru_cache(maxsize=4096)
def make_second(seconds: int) -> str:
    """Return the time stamps of a second, which many tiles share, with the microseconds left open."""
    return (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%%06dZ")


def decode_sensing_time(text: str) -> tuple[str, bool]:
    """Return the stored form (UTC, milliseconds, no fraction when it is zero) and whether anything finer was cut off.

    A time without a zone is UTC. Raises ValueError for anything but an ISO 8601 date and time.
    """
    match = SENSING_TIME.fullmatch(text)
    if match is None:
        raise ValueError(text)
    day, minutes, seconds, fraction, zone = match.groups()
    digits = (fraction or "").ljust(9, "0")
    offset = "+00:00" if zone in {None, "Z", "z"} else zone
    moment = datetime.fromisoformat(f"{day}T{minutes}:{seconds or '00'}{offset}").astimezone(UTC)
    milliseconds = "" if digits.startswith("000") else f".{digits[:3]}"
    return f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}{milliseconds}Z", digits[3:].strip("0") != ""
