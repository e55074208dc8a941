"""The circuit breaker."""

from byocplan.applier.breaker import WINDOW, Breaker


def test_a_few_failures_at_the_beginning_say_nothing() -> None:
    breaker = Breaker()

    assert [breaker.add(failed=True) for _ in range(19)] == [""] * 19
    assert breaker.add(failed=True) == "20 of the last 20 writes failed"


def test_half_of_the_writes_may_fail() -> None:
    breaker = Breaker()

    assert not any(breaker.add(failed=bool(number % 2)) for number in range(500))


def test_a_service_that_breaks_down_late_is_noticed_all_the_same() -> None:
    breaker = Breaker()
    for _ in range(10_000):
        breaker.add(failed=False)

    told = [breaker.add(failed=True) for _ in range(WINDOW)]

    assert next(number for number, text in enumerate(told, start=1) if text) == WINDOW // 2 + 1
