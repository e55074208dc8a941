"""Choosing tile changes of a plan."""

import pytest

from byocplan.errors import ArgumentError
from byocplan.model.change import TileAction
from byocplan.planfile import iter_selected, parse_selection
from tests.support.memory_tiles import make_change, make_create, make_part, make_plan

JULY_MS, TIMELESS = 1_690_000_000_000, None
PLAN = make_plan(
    make_part(
        changes=[
            make_create(1, JULY_MS),
            make_create(2, TIMELESS),
            make_change(TileAction.DELETE, "id-3", 3, sensing_time_ms=JULY_MS, group="28V"),
        ]
    ),
    make_part(changes=[make_create(4, JULY_MS)], name="other"),
)


def select(text: str) -> list[str]:
    return [change.path.partition("/")[0][-1] for _, change in iter_selected(PLAN, parse_selection(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["1", "2", "3", "4"]),
        ("action=delete", ["3"]),
        ("action=create action=delete", ["1", "2", "3", "4"]),
        ("month=2023-07", ["1", "3", "4"]),
        ("month=timeless", ["2"]),
        ("prefix=28V", ["3"]),
        ("prefix=tile-1/", ["1"]),
        ("prefix=28V prefix=tile-2", ["2", "3"]),
        ("address=collection/other", ["4"]),
        ("reason=field-changed", ["3"]),
        ("action=delete month=2023-08", []),
        ("action=update", []),
    ],
)
def test_what_fits_is_found(text: str, found: list[str]) -> None:
    assert select(text) == found


@pytest.mark.parametrize(
    ("text", "told"),
    [("acton=delete", "did you mean action="), ("delete", "keys are"), ("action=keep", "listed are create")],
)
def test_what_cannot_be_asked_is_refused_with_what_can(text: str, told: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        parse_selection(text)

    assert told in caught.value.problems[0].hint
