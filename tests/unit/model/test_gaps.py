"""What is missing between the first and the last: days of a short range, months of a long one."""

import tracemalloc
from datetime import UTC, datetime

from byocplan.model.gaps import DAY_MS, MAX_BITS, MAX_GROUPS, MAX_RANGES, TimeTally, count_missing, name_gaps
from byocplan.model.instant import make_instant


def tally(*days: str) -> TimeTally:
    times = [make_instant(day) for day in days]
    found = TimeTally(min(times), max(times))
    for time_ms in times:
        found.add("g", time_ms)
    return found


def name_all(found: TimeTally) -> tuple[tuple[str, str], ...]:
    return name_gaps(found.find_gaps(found.seen), found.unit)


def test_days_are_counted_in_a_short_range_and_months_in_a_long_one() -> None:
    short, long = tally("2019-12-30", "2020-01-02"), tally("2019-11-30", "2020-02-01", "2020-06-15")

    assert name_all(short) == (("2019-12-31", "2020-01-01"),)
    assert name_all(long) == (("2019-12", "2020-01"), ("2020-03", "2020-05"))
    assert count_missing(long.find_gaps(long.seen)) == 5


def test_the_order_in_which_tiles_come_does_not_matter() -> None:
    days = ["2020-01-01", "2020-01-04", "2020-01-02", "2020-01-09", "1969-12-31", "0001-01-01", "9999-12-31"]

    for some in (days, days[:4], days[:5]):
        assert tally(*some) == tally(*some[::-1], *some)


def test_of_many_ranges_the_longest_are_named_in_order_of_time() -> None:
    days = [datetime(year, 1, 1, tzinfo=UTC).isoformat() for year in range(1950, 2000, 2)]

    named = name_all(tally(*days, "2010-01-01"))

    assert len(named) == MAX_RANGES
    assert named[-1] == ("1998-02", "2009-12")
    assert list(named) == sorted(named)


def test_gaps_of_a_group_lie_between_its_own_ends() -> None:
    found = TimeTally(make_instant("1960-01-01"), make_instant("1960-01-09"))
    for day in ("1960-01-01", "1960-01-09"):
        found.add("g", make_instant(day))
    for day in ("1960-01-03", "1960-01-05", "1960-01-05T23:59"):
        found.add("other", make_instant(day))

    named = {name: name_gaps(found.find_gaps(seen), found.unit) for name, seen in found.groups.items()}

    assert named == {"g": (("1960-01-02", "1960-01-08"),), "other": (("1960-01-04", "1960-01-04"),)}


def test_nothing_is_missing_where_nothing_is() -> None:
    found = TimeTally()

    assert (found.unit, found.find_gaps(found.seen), found.groups) == ("month", [], {})


def test_memory_grows_with_groups_and_not_with_tiles() -> None:
    days = range(0, 20_000, 100)
    found = TimeTally(0, days[-1] * DAY_MS)
    for day in days:
        found.add("", day * DAY_MS)
    tracemalloc.start()

    for day in days:
        for group in range(100):
            found.add(str(group), day * DAY_MS)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held < 100 * 500  # a set of days holds at least 32 bytes an element: 6,400 a group


def test_groups_told_apart_are_bounded_and_fewer_where_times_are_far_apart() -> None:
    first, last = make_instant("0001-01-01"), make_instant("9999-12-31")
    near, far = TimeTally(0, 0), TimeTally(first, last)

    for number in range(MAX_GROUPS + 1):
        near.add(str(number), 0)
        far.add(str(number), last)

    assert len(near.groups) == MAX_GROUPS
    assert 0 < sum(bits.bit_length() for bits in far.groups.values()) <= MAX_BITS
