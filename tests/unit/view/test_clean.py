"""The sanitiser: what it shows, what it leaves alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byocplan.view.clean import CUT, clean, clean_code, clean_html, clean_words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("a\x7fb\x9bc\x00", "a\\x7fb\\x9bc\\x00"),
        ("evil\u202egnp.exe", "evil\\u202egnp.exe"),
        ("\u2066a\u2069", "\\u2066a\\u2069"),
        ("a\u200bb\u200dc\ufeff", "a\\u200bb\\u200dc\\ufeff"),
        ("a\u2028b", "a\\u2028b"),
        ("a\u00a0b", "a\\xa0b"),
        ("a\u3164b\ufe0f", "a\\u3164b\\ufe0f"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_a_terminal_obeys_or_hides_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::add-mask::x", "\\x3a:add-mask::x"),
        ("  ::set-output name=a::b", "  \\x3a:set-output name=a::b"),
        ("##[error]x", "\\x23#[error]x"),
        ("a###[debug]", "a#\\x23#[debug]"),
        ("a ##vso[task.setvariable variable=x]y", "a \\x23#vso[task.setvariable variable=x]y"),
        ("##teamcity[buildStop]", "\\x23#teamcity[buildStop]"),
    ],
)
def test_what_a_ci_system_obeys_in_its_log_is_broken_up(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize("text", ["a::b", "## heading", "#[x]", "arn:aws:s3:::bucket"])
def test_what_only_looks_alike_is_left_alone(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("text", ["", "2019/11/27/28V/(BAND).tif", "Žalec, Ü 42 %", "日本/(BAND).tif", "a\\b"])
def test_printable_text_comes_back_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_long_text_is_cut() -> None:
    assert clean("x" * 1_000_000, 20) == "x" * 17 + CUT


def test_text_of_just_the_limit_is_not_cut() -> None:
    assert clean("x" * 20, 20) == "x" * 20


@given(st.text(st.characters(exclude_categories=()), max_size=60), st.integers(3, 80))
def test_the_answer_is_printable_encodable_within_its_limit_and_stays_under_cleaning(text: str, limit: int) -> None:
    shown = clean(text, limit)

    assert shown.isprintable()
    assert len(shown) <= limit
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert clean(shown, limit) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a/(BAND).tif", "`a/(BAND).tif`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("```a", "```` ```a ````"),
        ("a|b", "`a\\|b`"),
        ("a\\|b", "`a\\\\x7cb`"),
        (" a ", "`  a  `"),
        ("", "*empty*"),
        ("  ", "*empty*"),
        ("a\nb", "`a\\nb`"),
    ],
)
def test_a_code_span_is_fenced_longer_than_what_it_holds(text: str, shown: str) -> None:
    assert clean_code(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "4,170 of 10,000 owned tiles = 41.7 % > maxDeletePercent 10",
        "no cover (yet); mend it",
        "2019-11..2020-02",
        "it's",
    ],
)
def test_a_sentence_of_words_and_counts_is_no_code(text: str) -> None:
    assert clean_words(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "@all",
        "#1",
        "see http://x",
        "www.x",
        "a_b_c",
        "*a*",
        "[a](b)",
        "<b>",
        "a|b",
        "&amp;",
        "5%x",
        "deadbeef",
        "GH-1",
        "~a",
        "!a",
    ],
)
def test_a_sentence_with_anything_else_is_code(text: str) -> None:
    assert clean_words(text) == clean_code(text)


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_html_text_holds_no_markup(text: str) -> None:
    assert not {"<", ">", '"', "'"} & set(clean_html(text))
    assert clean_html(text).isprintable()
