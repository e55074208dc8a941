"""Scopes as plain values."""

from collections.abc import Mapping

import msgspec
import pytest

from byocplan.model.pattern import Where, compile_pattern, make_date_range
from byocplan.model.scope import PathScope, PatternScope, Scope
from byocplan.model.scope_form import ScopeForm, encode_scope, make_scope
from byocplan.model.tile_paths import TilePaths

PATTERN = compile_pattern("{year}/{grid}/(BAND).tif")


def decode_scope(plain: Mapping[str, object]) -> Scope:
    """Return the scope of plain values, as a state file has them."""
    return make_scope(msgspec.convert(plain, ScopeForm))


@pytest.mark.parametrize(
    ("scope", "plain"),
    [
        (PatternScope(PATTERN, Where()), {"pattern": "{year}/{grid}/(BAND).tif"}),
        (
            PatternScope(PATTERN, Where(make_date_range("2019-11-27", None), {"grid": ("28V", "5*")}), prune=False),
            {
                "pattern": "{year}/{grid}/(BAND).tif",
                "where": {"date": {"from": "2019-11-27T00:00:00Z"}, "fields": {"grid": ["28V", "5*"]}},
                "prune": False,
            },
        ),
        (PathScope(frozenset({"b.tif", "a.tif"})), {"paths": ["a.tif", "b.tif"]}),
        (PathScope(frozenset()), {"paths": []}),
        (
            PatternScope(PATTERN, Where(), selected=TilePaths(("2019/*",), ("*/33U/*",))),
            {"pattern": "{year}/{grid}/(BAND).tif", "like": ["2019/*"], "unlike": ["*/33U/*"]},
        ),
    ],
)
def test_a_scope_is_kept_readably_and_comes_back(scope: Scope, plain: dict[str, object]) -> None:
    assert encode_scope(scope) == plain
    assert decode_scope(plain) == scope


@pytest.mark.parametrize("prune", [True, False])
def test_many_listed_paths_are_packed_and_come_back(prune: bool) -> None:
    scope = PathScope(frozenset(f"ü{number}/(BAND).tif" for number in range(10_000)), prune)

    plain = encode_scope(scope)

    assert plain.keys() == {"packed"} | ({"prune"} if not prune else set())
    assert len(plain["packed"]) < 50_000
    assert decode_scope(plain) == scope


@pytest.mark.parametrize("packed", ["", "?", "AAAA", "eJyLjgUAARUAuQ==eJyL", "eJyLNozVMYrVMY4FAA4ZAow="])
def test_packed_paths_that_are_damaged_are_refused(packed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_scope({"packed": packed})


def test_the_end_of_a_date_range_keeps_its_milliseconds() -> None:
    scope = PatternScope(PATTERN, Where(make_date_range(None, "2019-12-31"), {}, "time"))

    assert decode_scope(encode_scope(scope)) == scope


@pytest.mark.parametrize(
    "plain", [{}, {"paths": 1}, {"paths": [], "packed": "eJyLjgUAARUAuQ=="}, {"pattern": "a/(BAND).tif", "pathz": []}]
)
def test_values_of_another_form_are_refused(plain: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"scope|Expected|unknown"):
        decode_scope(plain)
