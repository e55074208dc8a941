"""Results in the order of the tasks, few tasks at a time, whatever executor."""

from __future__ import annotations

import threading
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

from byocplan.errors import AccessError, UnreachableError
from byocplan.workflow.fan_out import iter_results

if TYPE_CHECKING:
    from collections.abc import Iterator


def double(number: int) -> int:
    return 2 * number


def refuse(number: int) -> int:
    if number == 3:
        raise AccessError("no credentials", "log in")
    return number


def refuse_and_tell(number: int) -> int:
    raise UnreachableError("S3", "http://host", f"cause {number}", "mend")


def test_results_come_in_the_order_of_the_tasks_though_later_ones_end_first() -> None:
    second_done = threading.Event()

    def work(number: int) -> int:
        if number == 0:
            second_done.wait(10)
        else:
            second_done.set()
        return number

    with ThreadPoolExecutor(2) as pool:
        results = list(iter_results(pool, work, [0, 1], 2))

    assert results == [0, 1]


def test_no_more_tasks_are_drawn_than_are_allowed_at_once() -> None:
    drawn: list[int] = []

    def iter_tasks() -> Iterator[int]:
        for number in range(10):
            drawn.append(number)
            yield number

    with ThreadPoolExecutor(1) as pool:
        results = iter_results(pool, double, iter_tasks(), 3)
        first = next(results)
        seen = list(drawn)
        rest = list(results)

    assert (first, seen) == (0, [0, 1, 2])
    assert rest == [2 * number for number in range(1, 10)]


def test_the_first_failure_ends_it() -> None:
    with ThreadPoolExecutor(2) as pool, pytest.raises(AccessError):
        list(iter_results(pool, refuse, range(100), 4))


def make_processes() -> Executor:
    return ProcessPoolExecutor(1, get_context("spawn"))


def test_errors_come_back_from_another_process_as_they_were() -> None:
    with make_processes() as pool, pytest.raises(UnreachableError) as caught:
        list(iter_results(pool, refuse_and_tell, [7], 1))

    assert (caught.value.service, caught.value.cause) == ("S3", "cause 7")
    assert str(caught.value) == "cannot reach S3 at http://host: cause 7; mend"
