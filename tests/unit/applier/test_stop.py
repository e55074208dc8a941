"""Ending a run early."""

import os
import signal
import time

import pytest

from byocplan.applier.stop import DrainOverError, StopFlag, listen_for_signals
from byocplan.errors import StoppedError


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_writing_sets_the_flag_and_a_second_one_leaves(
    number: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    before, left, told = signal.getsignal(number), list[int](), list[bool]()

    with listen_for_signals(left.append) as flag, flag.writing(lambda: told.append(True)):
        flag.last_words = "the lease was mine\n"
        os.kill(os.getpid(), number)
        first = (flag.is_set, flag.signal, list(left))
        os.kill(os.getpid(), number)

    assert first == (True, number, [])
    assert (left, told) == ([128 + number], [True])
    assert capfd.readouterr().err == "the lease was mine\n"
    assert signal.getsignal(number) is before


def test_a_signal_before_anything_is_written_interrupts_at_once() -> None:
    with listen_for_signals() as flag, pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)

    assert not flag.is_set


def test_what_does_not_end_in_time_is_left() -> None:
    with listen_for_signals() as flag, flag.writing(lambda: None):
        signal.raise_signal(signal.SIGINT)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(DrainOverError):
            time.sleep(5)


def test_a_wait_before_a_request_ends_with_the_flag() -> None:
    flag = StopFlag()
    flag.stop("now")

    with pytest.raises(StoppedError):
        flag.sleep_or_raise(30)


def test_the_first_reason_counts() -> None:
    flag = StopFlag()

    flag.stop("the service is gone")
    flag.interrupt(signal.SIGINT)

    assert (flag.reason, flag.signal) == ("the service is gone", signal.SIGINT)


def test_a_sleep_ends_with_the_flag() -> None:
    flag = StopFlag()
    flag.stop("now")
    start_s = time.monotonic()

    flag.sleep(30)

    assert time.monotonic() - start_s < 1
