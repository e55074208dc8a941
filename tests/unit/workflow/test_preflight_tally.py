"""Counting verdicts: what is refused, by which rule, with few samples."""

from __future__ import annotations

from byocplan.model.address import make_address
from byocplan.model.preflight import FileVerdict, Finding, PreflightReport, TileVerdict
from byocplan.workflow.preflight_tally import MAX_SAMPLES, PreflightTally

ADDRESS = make_address("x")
JPEG = Finding("compression", "JPEG is not supported")
WEBP = Finding("compression", "WEBP is not supported")
ADVICE = Finding("overviews", "there is no overview", is_advice=True)


def make_tile(name: str, *findings: Finding, together: tuple[Finding, ...] = ()) -> TileVerdict:
    return TileVerdict(f"{name}/(BAND).tif", (FileVerdict(f"{name}/B1.tif", findings, 800),), together)


def report(*tiles: TileVerdict, failures: tuple[str, ...] = ()) -> PreflightReport:
    tally = PreflightTally()
    tally.add(tiles)
    return tally.make_report(ADDRESS, len(tiles), failures)


def test_nothing_wrong_passes() -> None:
    told = report(make_tile("a"), make_tile("b"))

    assert (told.verdict, told.is_passed, told.checked, told.files) == ("passed", True, 2, 2)
    assert (told.rules, told.largest_header_bytes) == ((), 800)


def test_advice_alone_passes() -> None:
    told = report(make_tile("a", ADVICE))

    assert told.is_passed
    assert [(rule.rule, rule.is_advice) for rule in told.rules] == [("overviews", True)]


def test_a_file_that_breaks_a_rule_twice_counts_once() -> None:
    told = report(make_tile("a", JPEG, WEBP))

    assert (told.refused, told.refused_files) == (1, 1)
    assert [(rule.count, rule.samples) for rule in told.rules] == [
        (1, {"a/B1.tif": "JPEG is not supported; WEBP is not supported"})
    ]


def test_what_files_break_together_is_told_of_the_tile() -> None:
    told = report(make_tile("a", together=(Finding("same-box", "differs"),)))

    assert (told.refused, told.refused_files) == (1, 0)
    assert told.rules[0].samples == {"a/(BAND).tif": "differs"}


def test_rules_come_most_broken_first_and_advice_last() -> None:
    orientation = Finding("orientation", "the file is rotated")
    tiles = [make_tile("a", JPEG, ADVICE), make_tile("b", orientation, ADVICE), make_tile("c", orientation, ADVICE)]

    assert [rule.rule for rule in report(*tiles).rules] == ["orientation", "compression", "overviews"]


def test_samples_are_few_however_many_files() -> None:
    told = report(*(make_tile(f"{number:04d}", JPEG) for number in range(1000)))

    assert told.rules[0].count == 1000
    assert list(told.rules[0].samples) == [f"{number:04d}/B1.tif" for number in range(MAX_SAMPLES)]


def test_a_listing_that_broke_off_does_not_pass() -> None:
    assert report(make_tile("a"), failures=("x: denied",)).verdict == "incomplete"


def test_no_tiles_are_no_failure() -> None:
    assert (report().verdict, report().is_passed) == ("empty", True)
