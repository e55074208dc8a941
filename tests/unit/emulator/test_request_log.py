"""The request log: the last requests, and how many came before."""

from __future__ import annotations

from byocplan.emulator.request_log import LogEntry, RequestLog


def make_entry(number: int) -> LogEntry:
    return LogEntry(float(number), "GET", "/", "", 200, None, "test")


def test_the_oldest_requests_are_forgotten_and_counted() -> None:
    log = RequestLog(length=3)
    for number in range(5):
        log.append(make_entry(number))

    entries, forgotten = log.read()

    assert [entry.at_s for entry in entries] == [2.0, 3.0, 4.0]
    assert forgotten == 2


def test_a_cleared_log_counts_anew() -> None:
    log = RequestLog(length=1)
    for number in range(3):
        log.append(make_entry(number))

    log.clear()
    log.append(make_entry(7))

    assert log.read() == ([make_entry(7)], 0)
