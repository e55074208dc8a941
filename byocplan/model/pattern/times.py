"""Parts of a time in, an instant out. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

UNIT_NAMES = {
    "Y": "year",
    "m": "month",
    "d": "day",
    "j": "day of year",
    "H": "hour",
    "M": "minute",
    "S": "second",
    "f": "fraction",
}
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_LIMITS = {"H": 23, "M": 59, "S": 59}


@lru_cache(maxsize=65536)
def make_time(units: str, texts: tuple[str, ...]) -> int | str:
    """Return the instant in epoch milliseconds UTC, or a sentence on why there is none.

    ``units`` has one letter a text. Parts that are not there take their first value; parts given twice must agree as
    numbers.
    """
    numbers: dict[str, int] = {}
    for unit, text in zip(units, texts, strict=True):
        number = _read_number(unit, text)
        if numbers.setdefault(unit, number) != number:
            return f"the parts of the time disagree: the {UNIT_NAMES[unit]} is {numbers[unit]} and {number}"
    day = _make_day(numbers)
    if isinstance(day, str):
        return day
    for unit, most in _LIMITS.items():
        if numbers.get(unit, 0) > most:
            return f"there is no {UNIT_NAMES[unit]} {numbers[unit]}"
    hours, minutes, seconds, milliseconds = (numbers.get(unit, 0) for unit in "HMSf")
    minutes += ((day.toordinal() - _EPOCH_DAY) * 24 + hours) * 60
    return (minutes * 60 + seconds) * 1000 + milliseconds


def _read_number(unit: str, text: str) -> int:
    return int(text[:3].ljust(3, "0")) if unit == "f" else int(text)


def _make_day(numbers: Mapping[str, int]) -> date | str:
    year = numbers["Y"]
    if "j" not in numbers:
        return _make_date(year, numbers.get("m", 1), numbers.get("d", 1))
    first = _make_date(year, 1, 1)
    if isinstance(first, str):
        return first
    if not 1 <= numbers["j"] <= (date(year, 12, 31) - first).days + 1:
        return f"there is no day {numbers['j']} in the year {year}"
    day = first + timedelta(days=numbers["j"] - 1)
    if numbers.get("m", day.month) != day.month or numbers.get("d", day.day) != day.day:
        return f"the parts of the time disagree: day {numbers['j']} of {year} is {day}"
    return day


def _make_date(year: int, month: int, day: int) -> date | str:
    try:
        return date(year, month, day)
    except ValueError:
        return f"there is no date {year:04}-{month:02}-{day:02}"
