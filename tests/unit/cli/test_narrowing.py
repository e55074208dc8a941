"""The texts of ``--only``, ``--status`` and ``--max-duration``."""

import pytest

from byocplan.cli.narrowing import make_selection, parse_duration, parse_statuses
from byocplan.errors import ArgumentError
from byocplan.model.change import Action, TileAction
from byocplan.model.tile import Status


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("50m", 3000), ("2h", 7200), ("1.5h", 5400), (" 10s ", 10)])
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "90", "5 m", "0s", "-1s", "2d", "1h30m", "٣s٣"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ArgumentError, match="1 problem"):
        parse_duration(text)


def test_nothing_said_selects_all() -> None:
    assert make_selection(None, None).is_all
    assert make_selection("create,update,reingest,delete", None).is_all


def test_a_repair_selects_failed_tiles_and_no_collection() -> None:
    selection = make_selection("reingest", "failed")

    assert list(selection.actions) == [TileAction.REINGEST]
    assert list(selection.statuses) == [Status.FAILED]
    assert selection.retries_failed
    assert [action for action in Action if selection.takes(action)] == [Action.ADOPT, Action.KEEP]


def test_a_replacement_takes_a_delete_and_a_create() -> None:
    assert not make_selection("create", None).takes(Action.REPLACE)
    assert make_selection("create, delete", None).takes(Action.REPLACE)


@pytest.mark.parametrize(
    ("only", "statuses"), [("creat", None), ("", None), (None, "DONE"), (None, ","), ("keep", None)]
)
def test_a_word_that_is_none_is_refused(only: str | None, statuses: str | None) -> None:
    with pytest.raises(ArgumentError):
        make_selection(only, statuses)


def test_statuses_are_a_list_in_any_case() -> None:
    assert parse_statuses("failed, Waiting") == {Status.FAILED, Status.WAITING}
