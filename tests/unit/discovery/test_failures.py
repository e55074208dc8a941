"""Listings that fail: what is raised, what is recorded, what goes on."""

from __future__ import annotations

import pytest

from byocplan.errors import AccessError, BucketError, ByocplanError, UnreachableError
from tests.support.discovery import discover, make_path_source, make_pattern_source
from tests.support.memory_bucket import make_bucket

DENIED = AccessError("listing s3://bucket was denied", "ask its owner")
LOST = UnreachableError("S3", "http://localhost", "timeout", "run again")


@pytest.mark.parametrize("failure", [DENIED, LOST, BucketError("bucket", "there is no such bucket", "check it")])
def test_a_bucket_that_shows_nothing_raises_its_failure(failure: ByocplanError) -> None:
    bucket = make_bucket([])
    bucket.failures = {"a/": failure, "p/": failure}

    with pytest.raises(type(failure)) as caught:
        discover(bucket, make_pattern_source("a/(BAND).tif"), make_path_source("p/(BAND).tif"))

    assert caught.value is failure


def test_a_listing_that_breaks_off_keeps_what_came_and_marks_its_source() -> None:
    bucket = make_bucket(["a/1/B1.tif", "a/2/B1.tif", "a/3/B1.tif"])
    bucket.page_size, bucket.good_pages, bucket.failures = 1, 2, {"a/": LOST}

    result = discover(bucket, make_pattern_source("a/{scene}/(BAND).tif"))

    assert result.complete == ["a/1/(BAND).tif", "a/2/(BAND).tif"]
    assert result.report.sources[0].failure == str(LOST)


def test_a_denied_prefix_leaves_the_other_sources_whole() -> None:
    bucket = make_bucket(["a/B1.tif", "b/B1.tif"])
    bucket.failures = {"a/": DENIED}

    result = discover(bucket, make_pattern_source("a/(BAND).tif"), make_pattern_source("b/(BAND).tif"))

    assert result.complete == ["b/(BAND).tif"]
    assert [report.failure for report in result.report.sources] == [str(DENIED), ""]


def test_while_no_listing_has_answered_they_go_one_by_one_and_a_lost_s3_ends_them() -> None:
    bucket = make_bucket(["c/B1.tif"])
    bucket.failures = {"a/": DENIED, "b/": LOST}

    with pytest.raises(AccessError):
        discover(bucket, *(make_pattern_source(f"{name}/(BAND).tif") for name in "abc"))

    assert bucket.asked == ["a/", "b/"]


def test_once_s3_is_lost_all_sources_fail_and_what_came_is_kept() -> None:
    bucket = make_bucket(["a/B1.tif"])
    bucket.failures = {"b/": LOST}

    result = discover(bucket, *(make_pattern_source(f"{name}/(BAND).tif") for name in "abc"))

    assert result.complete == ["a/(BAND).tif"]
    assert [report.failure for report in result.report.sources] == [str(LOST)] * 3


def test_of_several_failures_of_a_source_the_first_in_order_is_told() -> None:
    other = AccessError("listing s3://bucket was denied again", "ask its owner")
    bucket = make_bucket([f"{name}/B1.tif" for name in "abcd"])
    bucket.failures = {"b/": DENIED, "c/": other}

    result = discover(bucket, make_pattern_source("{name:a|b|c|d}/(BAND).tif"))

    assert bucket.asked[0] == "a/"
    assert result.complete == ["a/(BAND).tif", "d/(BAND).tif"]
    assert result.report.sources[0].failure == str(DENIED)


def test_a_path_whose_listing_failed_is_not_called_missing() -> None:
    bucket = make_bucket(["b/B1.tif"])
    bucket.failures = {"a/": DENIED}

    result = discover(bucket, make_path_source("a/(BAND).tif"), make_path_source("b/(BAND).tif"))

    assert list(result.tiles) == ["b/(BAND).tif"]
    assert result.report.notes == ()
    assert [report.failure for report in result.report.sources] == [str(DENIED), ""]


def test_a_hundred_lost_folders_are_given_up_after_the_first_round() -> None:
    bucket = make_bucket([])
    bucket.failures = {f"{number}/": LOST for number in range(500)}

    with pytest.raises(UnreachableError):
        discover(bucket, *(make_path_source(f"{number}/(BAND).tif") for number in range(500)))

    assert len(bucket.asked) < 100
