"""What is missing between the first and the last: days of a short range, months of a long one."""

from datetime import UTC, datetime

from byocplan.model.gaps import MAX_RANGES, TimeTally, count_missing, find_gaps, name_gaps
from byocplan.model.instant import make_instant


def tally(*days: str) -> TimeTally:
    found = TimeTally()
    for day in days:
        found.add("g", make_instant(day))
    return found


def test_days_are_counted_in_a_short_range_and_months_in_a_long_one() -> None:
    short, long = tally("2019-12-30", "2020-01-02"), tally("2019-11-30", "2020-02-01", "2020-06-15")

    assert name_gaps(find_gaps(short.days, short.unit), short.unit) == (("2019-12-31", "2020-01-01"),)
    assert name_gaps(find_gaps(long.days, long.unit), long.unit) == (("2019-12", "2020-01"), ("2020-03", "2020-05"))
    assert count_missing(find_gaps(long.days, long.unit)) == 5


def test_of_many_ranges_the_longest_are_named_in_order_of_time() -> None:
    days = [datetime(year, 1, 1, tzinfo=UTC).isoformat() for year in range(1950, 2000, 2)]
    found = tally(*days, "2010-01-01")

    named = name_gaps(find_gaps(found.days, "month"), "month")

    assert len(named) == MAX_RANGES
    assert named[-1] == ("1998-02", "2009-12")
    assert list(named) == sorted(named)


def test_timeless_tiles_are_counted_apart_and_groups_are_told_apart() -> None:
    found = tally("1960-01-01")
    found.add("other", None)
    found.add("other", make_instant("1960-01-05"))

    assert found.timeless == 1
    assert {name: len(days) for name, days in found.groups.items()} == {"g": 1, "other": 1}
    assert find_gaps(set(), "day") == []
