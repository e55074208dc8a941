"""Many keys matched at once are matched as each alone."""

from __future__ import annotations

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from byocplan.model.pattern import KeyMatcher, Match, PathPattern, compile_pattern
from tests.support.pattern_strategies import draw_key, draw_pattern

QUICK = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
BAND_TEXTS = ["a", "ab", "B1", "B10", "a_b", "1", "a.tif", "11", "2019"]
BANDS = st.none() | st.sets(st.sampled_from(BAND_TEXTS), min_size=1)


@st.composite
def draw_keys(draw: st.DrawFn, pattern: PathPattern) -> list[str]:
    """Draw keys of which many have a tile path in common: the same key with other texts for the band, and others."""
    keys = draw(st.lists(draw_key(pattern), min_size=1, max_size=3))
    for key in list(keys):
        match = pattern.match(key)
        if match is not None and match.band is not None:
            keys += [match.tile_path.replace("(BAND)", band) for band in BAND_TEXTS]
    keys += draw(st.lists(st.text("ab1_/.-", max_size=12).map("{}.tif".format), max_size=3))
    return draw(st.permutations(keys))


def summarise(match: Match) -> tuple[str, dict[str, str], dict[str, int], tuple[bool, ...]]:
    return match.tile_path, dict(match.fields), dict(match.times), match.options


def check(pattern: PathPattern, keys: list[str], bands: set[str] | None) -> None:
    matcher = KeyMatcher(pattern.text, bands, summarise)

    tiles, found = matcher.match_keys(keys)

    alone = [pattern.match(key, bands) for key in keys]
    assert tiles == [None if match is None else summarise(match) for match in alone]
    assert found == ["" if match is None else match.band or "" for match in alone]
    event("taken" if any(tiles) else "not taken")


@QUICK
@given(draw_pattern(), BANDS, st.data())
def test_many_keys_at_once_are_matched_as_each_alone(
    pattern: PathPattern, bands: set[str] | None, data: st.DataObject
) -> None:
    check(pattern, data.draw(draw_keys(pattern)), bands)


@QUICK
@given(st.sets(st.sampled_from(BAND_TEXTS), min_size=1) | st.none(), st.data())
def test_fields_whose_end_depends_on_the_band_are_matched_as_alone(bands: set[str] | None, data: st.DataObject) -> None:
    texts = ["{a}{n:2d}(BAND).tif", "{s:a|ab|b1}{x:2x}(BAND)_.tif", "{a}{n:2d}_(BAND).tif", "[{a}_]{n:1d}(BAND).tif"]
    pattern = compile_pattern(data.draw(st.sampled_from(texts)))

    check(pattern, data.draw(draw_keys(pattern)), bands)


def test_a_key_with_the_text_of_the_band_in_it_is_never_taken() -> None:
    matcher = KeyMatcher("{a}_(BAND).tif", None, summarise)

    tiles, _ = matcher.match_keys(["x_(BAND).tif", "x_B1.tif", "(BAND)_B1.tif"])

    assert [tile is not None for tile in tiles] == [False, True, False]


def test_what_is_made_of_a_tile_is_made_once_until_it_is_forgotten() -> None:
    asked: list[str] = []
    matcher: KeyMatcher[None] = KeyMatcher("{a}/(BAND).tif", {"B1", "B2"}, lambda match: asked.append(match.key))

    for _ in range(2):
        matcher.match_keys(["x/B1.tif", "x/B2.tif", "y/B1.tif"])
    counted = matcher.count
    matcher.forget()
    matcher.match_keys(["x/B2.tif"])

    assert asked == ["x/B1.tif", "y/B1.tif", "x/B2.tif"]
    assert counted == 2
