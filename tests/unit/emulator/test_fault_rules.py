"""The fault language, word by word: what is read, what is refused, and when a rule is due."""

from __future__ import annotations

import pytest

from byocplan.emulator.errors import FaultRuleError
from byocplan.emulator.faults import Fault, FaultScript, decode_rules
from byocplan.emulator.faults.fault import OtherWrite, Span, When


def decode(text: str) -> Fault:
    (fault,) = decode_rules(text)
    return fault


def run(rule: str, count: int, method: str = "POST", path: str = "/api/v1/byoc/collections/x/tiles") -> list[int]:
    script = FaultScript(decode_rules(rule))
    return [number for number in range(1, count + 1) if script.take_faults(method, path)]


@pytest.mark.parametrize(
    ("words", "met"),
    [
        ("drop=after", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("nth=3 drop=after", [3]),
        ("nth=2,5 drop=after", [2, 5]),
        ("every=4 status=503", [4, 8]),
        ("after=5 status=503", [6, 7, 8]),
        ("times=2 status=503", [1, 2]),
        ("after=1 every=3 times=1 status=503", [4]),
        ("p=0 drop=after", []),
        ("p=1 drop=after", [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_a_rule_is_due_when_all_its_conditions_hold(words: str, met: list[int]) -> None:
    assert run(f"POST */tiles {words}", 8) == met


def test_the_same_seed_makes_the_same_run_and_another_seed_another() -> None:
    first, again, other = (run(f"POST */tiles p=0.3 seed={seed} drop=after", 1000) for seed in (7, 7, 8))

    assert first == again != other
    assert 250 < len(first) < 350


@pytest.mark.parametrize(
    ("head", "is_met"),
    [
        ("POST */tiles", True),
        ("* *", True),
        ("GET,POST */collections/*/tiles", True),
        ("GET */tiles", False),
        ("POST */collections", False),
        ("POST tiles", False),
        ("POST */tiles?*", False),
    ],
)
def test_a_rule_meets_requests_by_method_and_whole_path(head: str, is_met: bool) -> None:
    assert bool(run(f"{head} drop=after", 1)) is is_met


def test_a_question_mark_in_the_path_asks_for_the_query_as_well() -> None:
    script = FaultScript(decode_rules("GET */tiles?*path=* drop=after"))

    assert script.take_faults("GET", "/collections/x/tiles", "count=1&path=a")
    assert not script.take_faults("GET", "/collections/x/tiles", "count=1")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("status=429 retry-after=12000", {"status": 429, "headers": {"Retry-After": "12000"}}),
        ("status=429 retry-after=", {"status": 429, "headers": {"Retry-After": ""}}),
        (
            "status=429 retry-after='Wed, 21 Oct 2026 07:28:00 GMT'",
            {"headers": {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}},
        ),
        ("delay=1.5s", {"delay_s": 1.5}),
        ("drop=half", {"drop": "half"}),
        ("answer=html", {"answer": "html", "works_first": True}),
        ("answer=html commit=no", {"works_first": False}),
        ("status=504 commit", {"is_committed": True, "works_first": True}),
        ("status=504", {"works_first": False}),
        ("expire-tokens", {"expires_tokens": True}),
        ("clock=-3600", {"clock_s": -3600.0}),
        ("hide=10s", {"hide": Span(seconds=10.0)}),
        ("linger=3reads", {"linger": Span(reads=3)}),
        ("order=uuid paging=offset", {"order": "uuid", "by_offset": True}),
        ("next=http://elsewhere.example/x", {"next_url": "http://elsewhere.example/x"}),
        (
            "redirect=http://elsewhere.example/",
            {"status": 302, "headers": {"Location": "http://elsewhere.example/"}, "body": ""},
        ),
        ("redirect=http://elsewhere.example/ status=308", {"status": 308}),
        (
            "every=2 seed=4 create=5 delete=a/(BAND).tif",
            {
                "other_writes": (OtherWrite("create", 5), OtherWrite("delete", path="a/(BAND).tif")),
                "when": When(every=2, seed=4),
            },
        ),
        ("status=502 body='<b>no</b>' type=text/html header.X-Y=z", {"body": "<b>no</b>", "headers": {"X-Y": "z"}}),
    ],
)
def test_every_word_is_read(words: str, expected: dict[str, object]) -> None:
    fault = decode(f"GET */tiles {words}")

    assert {name: getattr(fault, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("POST */tiles nht=3 drop=after", "unknown word 'nht'; did you mean nth?"),
        ("POST */tiles drop=later", "drop='later' must be before or after or headers or half"),
        ("POST */tiles p=1.5 drop=after", "p='1.5' must be a number from 0 to 1"),
        ("POST */tiles status=999", "status='999' must be a status from 200 to 599"),
        ("POST */tiles hide=soon", "hide='soon' must be 10s (seconds) or 3reads"),
        ("POST */tiles delay=-1", "delay='-1' must be seconds, such as 1.5"),
        ("POST */tiles every=0 drop=after", "every='0' must be a whole number from 1"),
        ("POST */tiles next=//x", "next='//x' must be an absolute http address"),
        ("POST */tiles answer=bad", "answer='bad' must be truncated or html"),
        ("POST */tiles paging=x", "paging='x' must be key or offset"),
        ("POST */tiles clock=x", "clock='x' must be seconds"),
        ("POST */tiles commit=maybe drop=after", "commit='maybe' must be yes or no"),
        ("POST */tiles nth=3", "says when but not what to do"),
        ("POST */tiles seed=3 drop=after", "has a seed but nothing that is drawn"),
        ("POST */tiles", "must be METHOD PATH word=value ..."),
        ("post */tiles drop=after", "must be METHOD PATH word=value ..."),
        ("POST */tiles body='half", "cannot be split into words"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named_with_what_is_wrong(rule: str, problem: str) -> None:
    with pytest.raises(FaultRuleError) as refused:
        decode_rules(f"# a comment\n\n{rule}\n")

    assert str(refused.value).startswith(f"fault rule in line 3, `{rule}`: {problem}")
