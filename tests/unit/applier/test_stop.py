"""Ending a run early."""

import os
import signal
import time

import pytest

from byocplan.applier.stop import StopFlag, listen_for_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_sets_the_flag_and_a_second_one_raises(number: signal.Signals) -> None:
    before = signal.getsignal(number)

    with listen_for_signals() as flag:
        os.kill(os.getpid(), number)
        assert (flag.is_set, flag.signal) == (True, number)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)

    assert signal.getsignal(number) is before


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
