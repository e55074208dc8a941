"""What functions are given, as the reader of manifests is given it, and what they say of input that is wrong."""

from pathlib import Path

import pytest

import byocplan
from byocplan.errors import ApiError, InputError, ManifestError
from byocplan.notebook.boundary import make_errors_plain
from byocplan.notebook.reading import list_paths, make_read_options
from tests.support.manifests import make_document

PROJECT = "apiVersion: byocplan/v1\nkind: Project\nmetadata: {name: p}\n"


def test_paths_are_one_or_several_and_never_none() -> None:
    assert list_paths("a") == list_paths(Path("a")) == list_paths(["a"]) == ("a",)
    assert list_paths([Path("a"), "b"]) == ("a", "b")
    assert list_paths([]) == (".",)


def test_standard_input_is_left_to_the_kernel() -> None:
    with pytest.raises(InputError) as caught:
        byocplan.validate("-")

    assert caught.value.problems[0].message == "standard input is not read here"


def test_one_host_may_be_given_as_a_text_and_values_of_variables_as_numbers() -> None:
    options = make_read_options(allow_hosts="Example.org", variables={"year": 2019})  # type: ignore[dict-item]

    assert "example.org" in options.allow_hosts
    assert options.variables == {"year": "2019"}


def test_validation_tells_every_problem_and_raises_none(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(PROJECT + "---\n" + make_document("a", "b", maxMeters=1, noData="x"))

    answer = byocplan.validate(tmp_path)

    assert not answer.is_valid
    assert len(answer.problems) >= 2


def test_manifests_that_are_wrong_are_told_problem_by_problem(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(PROJECT + "---\n" + make_document("a", "b", maxMeters=1))

    with pytest.raises(ManifestError) as caught:
        byocplan.plan(tmp_path)

    (note,) = caught.value.__notes__
    assert "maxMeters" in note
    assert f"{tmp_path / 'a.yaml'}:" in note


def test_arguments_that_are_no_choice_are_refused_before_anything_is_read() -> None:
    with pytest.raises(InputError) as refreshed:
        byocplan.plan("nowhere", refresh="some")  # type: ignore[arg-type]
    with pytest.raises(InputError) as asked_nobody:
        byocplan.plan("nowhere", refresh="offline")  # type: ignore[arg-type]
    with pytest.raises(InputError) as listed:
        byocplan.tiles("collection/a", "nowhere", status="GOOD")

    assert "incremental" in refreshed.value.problems[0].hint
    assert "offline" not in asked_nobody.value.problems[0].hint
    assert "FAILED" in listed.value.problems[0].hint


def test_a_keyword_that_no_reader_knows_is_refused() -> None:
    with pytest.raises(TypeError, match="variable"):
        byocplan.validate(".", variable={})  # type: ignore[call-arg]


def test_texts_of_errors_are_fit_to_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SH_CLIENT_SECRET", "correct-horse-battery")

    with pytest.raises(ApiError) as caught, make_errors_plain():
        raise ApiError("GET /x", 400, "\x1b[2J\u202ecorrect-horse-battery")

    assert str(caught.value) == "GET /x was refused with 400: \\x1b[2J\\u202e***"
