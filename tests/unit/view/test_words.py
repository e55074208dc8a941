"""Numbers in words."""

import pytest

from byocplan.view.words import format_share


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(21, 22, "95.45 %"), (1, 22, "4.55 %"), (1, 3, "33.33 %"), (2, 3, "66.67 %"), (4, 5, "80 %"), (0, 0, "0 %")],
)
def test_shares_are_rounded_so_that_two_of_them_add_up(part: int, whole: int, text: str) -> None:
    assert format_share(part, whole) == text


def test_only_all_are_100_percent_and_only_none_are_0() -> None:
    assert format_share(999_999, 1_000_000) == "99.99 %"
    assert format_share(1, 1_000_000) == "0.01 %"
    assert (format_share(7, 7), format_share(0, 7)) == ("100 %", "0 %")
