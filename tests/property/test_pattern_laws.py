"""Laws of path patterns, on patterns and keys whose texts collide."""

from __future__ import annotations

from datetime import date
from time import process_time

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from byocplan.errors import FormatError, PatternError
from byocplan.model.pattern import Match, Miss, PathPattern, Where, compile_pattern, make_date_range
from byocplan.model.pattern.matching import bind_alternatives
from byocplan.model.pattern.walk import walk_key
from tests.support.pattern_strategies import draw_key, draw_pattern, draw_pattern_text

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
BANDS = st.none() | st.sets(st.sampled_from(["a", "ab", "B1", "B10", "a_b", "1", "a.tif"]), min_size=1)


@st.composite
def draw_case(draw: st.DrawFn) -> tuple[PathPattern, str]:
    pattern = draw(draw_pattern())
    return pattern, draw(draw_key(pattern) | st.text("ab1_/.-", max_size=12).map("{}.tif".format))


@QUICK
@given(draw_case(), BANDS)
def test_format_gives_back_the_key(case: tuple[PathPattern, str], bands: set[str] | None) -> None:
    pattern, key = case

    match = pattern.match(key, bands)

    event("match" if match else "no match")
    assume(match is not None)
    assert match is not None
    assert pattern.format(match) == key


@QUICK
@given(draw_case(), BANDS)
def test_explain_agrees_with_match(case: tuple[PathPattern, str], bands: set[str] | None) -> None:
    pattern, key = case

    found, explained = pattern.match(key, bands), pattern.explain(key, bands)

    if isinstance(explained, Miss):
        assert found is None
        assert explained.reason
        assert 0 <= explained.stopped_at <= len(key)
    else:
        assert explained == found


@QUICK
@given(draw_case(), BANDS)
def test_the_scope_of_the_tile_path_holds_each_match(case: tuple[PathPattern, str], bands: set[str] | None) -> None:
    pattern, key = case
    match = pattern.match(key, bands)
    assume(match is not None)
    assert match is not None

    of_tile = pattern.match_tile(match.tile_path)

    assert of_tile is not None
    assert (of_tile.fields, of_tile.times, of_tile.tile_path) == (match.fields, match.times, match.tile_path)
    assert of_tile.band is None
    assert (match.band is not None) == pattern.has_band


@QUICK
@given(draw_case())
def test_a_second_compilation_matches_the_same(case: tuple[PathPattern, str]) -> None:
    pattern, key = case

    again = compile_pattern(pattern.text)

    assert again == pattern
    assert (again.fields, again.alternatives) == (pattern.fields, pattern.alternatives)
    assert again.match(key) == pattern.match(key)


@QUICK
@given(draw_case())
def test_a_part_is_never_matched(case: tuple[PathPattern, str]) -> None:
    pattern, key = case
    assume(pattern.match(key))

    results = [
        pattern.match(f"/{key}"),
        pattern.match(f"{key}\n"),
        pattern.match(f"{key}.ovr"),
        pattern.match(f"{key}/"),
    ]

    assert results == [None] * 4


@QUICK
@given(draw_pattern(), st.data())
def test_format_refuses_what_it_would_not_capture(pattern: PathPattern, data: st.DataObject) -> None:
    names = [each.name for each in pattern.fields if not each.optional]
    values = {name: data.draw(st.text("ab1_/.-02", max_size=4)) for name in names}

    try:
        path = pattern.format(values, band="B1" if pattern.has_band else None)
    except FormatError:
        event("refused")
        return

    match = pattern.match(path, {"B1"})
    assert match is not None
    assert {name: match.fields[name] for name in names} == values


@QUICK
@given(st.text() | st.text("{}[]()\\:|%*dw4Ya/.BAND", max_size=30) | draw_pattern_text())
def test_any_text_compiles_or_is_refused_with_its_position(text: str) -> None:
    refusal = None

    try:
        compile_pattern(text)
    except PatternError as error:
        refusal = error

    event("refused" if refusal else "compiled")
    assert refusal is None or (refusal.message and 0 <= refusal.position <= len(text))


DAYS = st.dates(date(2018, 12, 20), date(2020, 3, 10))
WILDCARDS = st.lists(st.text("ab1*?_", max_size=3), min_size=1, max_size=3).map(tuple)


@st.composite
def draw_where(draw: st.DrawFn, pattern: PathPattern) -> Where:
    names = sorted({each.name for each in pattern.fields})
    fields = draw(st.dictionaries(st.sampled_from(names), WILDCARDS, max_size=1)) if names else {}
    dates = make_date_range(draw(DAYS | st.none()), draw(DAYS | st.none())) if draw(st.booleans()) else None
    return Where(dates, fields, draw(st.sampled_from([None, *pattern.time_names])))


@settings(QUICK, max_examples=250)
@given(draw_case(), st.data())
def test_prefixes_lose_no_key(case: tuple[PathPattern, str], data: st.DataObject) -> None:
    pattern, key = case
    where = data.draw(draw_where(pattern))

    prefixes = pattern.prefixes(where)

    match = pattern.match(key)
    if match is not None and where.accepts(match):
        event("accepted")
        assert sum(key.startswith(prefix) for prefix in prefixes) == 1
    assert not any(one != other and one.startswith(other) for one in prefixes for other in prefixes)
    assert len(prefixes) <= 400


FOLDERS = (
    "{year}/{month}/{day}/{grid}/(BAND).tif",
    "x/{year}{month:2d}{day:2d}/(BAND).tif",
    "{t:%Y/%j}/(BAND).tif",
    "{day}/{month}/{year}_(BAND).tif",
    "[old/]{sat:A|B}/{year}/{doy}/{year}_{month}_(BAND).tif",
    "{year}/{day}/(BAND).tif",
)


@settings(QUICK, max_examples=400)
@given(st.sampled_from(FOLDERS), DAYS, DAYS, DAYS, st.booleans())
def test_prefixes_of_date_folders_lose_no_day(text: str, first: date, last: date, day: date, padded: bool) -> None:
    pattern, where = compile_pattern(text), Where(make_date_range(first, last))
    width = 2 if padded else 1
    texts = {"year": f"{day:%Y}", "month": f"{day.month:0{width}}", "day": f"{day.day:0{width}}", "doy": f"{day:%j}"}
    names = {each.name: each.text for each in pattern.fields}
    values = {
        name: f"{texts[name.split('#')[0]]:0>{2 if '2d' in written else 1}}" if name.split("#")[0] in texts else "A"
        for name, written in names.items()
    }
    if "t" in values:
        values["t"] = f"{day:%Y/%j}"

    key = pattern.format(values, band="B1")

    match = pattern.match(key)
    assert match is not None
    if where.accepts(match):
        event("accepted")
        assert sum(key.startswith(prefix) for prefix in pattern.prefixes(where)) == 1


ADVERSARIAL = (
    ("{a}_{b}_{c}.tif", "_a"),
    ("{a}aab{b}.tif", "a"),
    ("{a}.tif", ".ti"),
    ("{n:d}0001_{m:d}.tif", "0"),
    ("{**}/{a}/{b}/(BAND).tif", "a/"),
    ("{**}/x/(BAND).tif", "/"),
    ("{a}_{a}_{a}.tif", "aaaa"),
    ("{a}_{b:4d}{c}_{a}.tif", "1234_"),
    ("[{a}_][{b}_][{c}_][{d}_]{e}.tif", "a_"),
    ("[{a}/][{b}-][{n:d}_][x]y/{**}/(BAND).tif", "1/"),
    ("{a}{t:%Y%m%d}_{b}.tif", "2019123"),
    ("{t:%Y}{a}_{t}.tif", "20192019"),
)


def count_worst_steps(pattern: PathPattern, unit: str, length: int) -> int:
    keys = [unit * (length // len(unit)) + end for end in ("", ".tif", "_.tif", "/B1.tif")]
    return max(count_steps(pattern, key) for key in keys)


def count_steps(pattern: PathPattern, key: str) -> int:
    """Return the characters that are looked at to explain a key, counted once for each look, over all options."""
    return sum(walk_key(pieces, key).steps for pieces in bind_alternatives(pattern.text, None))


@pytest.mark.parametrize(("text", "unit"), ADVERSARIAL)
def test_steps_grow_linearly_on_adversarial_keys(text: str, unit: str) -> None:
    pattern = compile_pattern(text)

    short, long = (count_worst_steps(pattern, unit, length) for length in (1_000, 8_000))

    assert long <= 8.5 * short + 200
    assert long <= 40 * 16 * 8_000


@pytest.mark.parametrize(("text", "unit"), ADVERSARIAL)
def test_the_regular_expression_takes_linear_time_on_adversarial_keys(text: str, unit: str) -> None:
    pattern = compile_pattern(text)
    keys = [
        [unit * (length // len(unit)) + end for end in ("", ".tif", "_.tif", "/B1.tif")] for length in (10**4, 10**5)
    ]

    short, long = (min(measure_match_s(pattern, each) for _ in range(3)) for each in keys)

    # Ten times the key: 10 when linear, 100 when quadratic.
    assert long < 40 * short + 0.01


def measure_match_s(pattern: PathPattern, keys: list[str]) -> float:
    start = process_time()
    for key in keys:
        pattern.match(key)
    return process_time() - start


@settings(QUICK, max_examples=60)
@given(draw_pattern(), st.text("ab1_/.-", min_size=1, max_size=4))
def test_steps_grow_linearly_on_any_repeated_text(pattern: PathPattern, unit: str) -> None:
    short, long = (count_worst_steps(pattern, unit, length) for length in (240, 960))

    assert long <= 4.5 * short + 50 * len(pattern.alternatives)


@given(st.text("ab", max_size=8), st.text("ab*?", max_size=6))
def test_wildcards_take_what_a_slow_search_takes(text: str, wildcards: str) -> None:
    match = Match("", {"f": text}, None, "", {})

    found = Where(fields={"f": (wildcards,)}).accepts(match)

    assert found == matches_slowly(text, wildcards)


def matches_slowly(text: str, wildcards: str) -> bool:
    if not wildcards:
        return not text
    if wildcards[0] == "*":
        return any(matches_slowly(text[at:], wildcards[1:]) for at in range(len(text) + 1))
    return bool(text) and wildcards[0] in ("?", text[0]) and matches_slowly(text[1:], wildcards[1:])
