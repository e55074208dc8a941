"""Files, folders, standard input, and what the operator decides."""

from __future__ import annotations

import io
import os
import time
from typing import TYPE_CHECKING

import pytest

from byocplan.errors import ManifestError
from byocplan.manifest import ReadOptions, check_manifests, read_manifests
from tests.unit.manifest.builders import check, make_collection, make_project, read, read_one

if TYPE_CHECKING:
    from pathlib import Path

COLLECTION = make_collection("s3Bucket: bkt")
PROJECT = make_project("requestsPerMinute: 5")


def write(folder: Path, name: str, text: str = COLLECTION) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_gives_all_manifests_below_it_but_hidden_ones_and_the_lock_file(tmp_path: Path) -> None:
    write(tmp_path, "b.yml", make_collection("s3Bucket: bkt", "b"))
    write(tmp_path, "deep/a.yaml", make_collection("s3Bucket: bkt", "a"))
    for skipped in (".byocplan/x.yaml", ".git/x.yaml", ".hidden.yaml", "byocplan.lock.yaml", "notes.txt"):
        write(tmp_path, skipped, "nonsense: [")

    loaded = read_manifests([str(tmp_path)], ReadOptions())

    assert loaded.files == (f"{tmp_path}/b.yml", f"{tmp_path}/deep/a.yaml")
    assert [each.address for each in loaded.manifests.collections] == ["collection/a", "collection/b"]


def test_names_of_files_are_as_the_user_would_type_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "manifests/a.yaml", make_collection("s3Bucket: bkt, x: 1"))
    monkeypatch.chdir(tmp_path)

    files = {
        paths: check_manifests([paths], ReadOptions())[0].file for paths in (".", "manifests", "./manifests/a.yaml")
    }

    assert set(files.values()) == {"manifests/a.yaml"}


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml")

    loaded = read_manifests([str(tmp_path), str(path)], ReadOptions())

    assert loaded.files == (str(path),)


def test_only_a_project_document_makes_the_input_whole(tmp_path: Path) -> None:
    write(tmp_path, "sub/a.yaml")
    without = read_manifests([str(tmp_path)], ReadOptions())
    write(tmp_path, "sub/project.yaml", PROJECT)

    with_project = read_manifests([str(tmp_path)], ReadOptions())

    assert (without.is_whole, with_project.is_whole) == (False, True)
    assert (without.manifests.project.folder, without.manifests.project.is_declared) == (str(tmp_path), False)
    assert with_project.manifests.project.folder == str(tmp_path / "sub")


def test_no_manifests_at_all_is_a_problem_with_an_example(tmp_path: Path) -> None:
    (problem,) = check_manifests([str(tmp_path)], ReadOptions())

    assert problem.file == str(tmp_path)
    assert "no manifests here" in problem.message
    example = problem.hint.partition("for example ")[2]
    assert "\n" not in example
    assert read(example).manifests.collections


def test_an_empty_file_is_called_empty_and_so_is_standard_input(tmp_path: Path) -> None:
    file = write(tmp_path, "empty.yaml", "# nothing yet\n")

    (of_file,) = check_manifests([str(file)], ReadOptions())
    (of_stdin,) = check_manifests(["-"], ReadOptions(stdin=b""))
    write(tmp_path, "other.yaml", "")
    (of_folder,) = check_manifests([str(tmp_path)], ReadOptions())

    assert (of_file.file, of_file.message) == (str(file), "this file is empty, or has comments alone")
    assert (of_stdin.file, of_stdin.message) == ("-", "standard input is empty, or has comments alone")
    assert of_folder.message == "no manifests here: all 2 files are empty, or have comments alone"


def test_a_path_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    (problem,) = check_manifests([str(tmp_path / "gone")], ReadOptions())

    assert problem.message == "no such file or folder"


def test_a_link_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    outside = write(tmp_path, "outside/a.yaml")
    root = tmp_path / "root"
    root.mkdir()
    (root / "file.yaml").symlink_to(outside)
    (root / "folder").symlink_to(outside.parent)

    problems = check_manifests([str(root)], ReadOptions())

    assert [(problem.file, problem.message) for problem in problems] == [
        (f"{root}/folder", "a link that leaves the project's folder"),
        (f"{root}/file.yaml", "this file leads out of the project's folder"),
    ]


def test_links_in_a_circle_are_a_problem_and_links_to_a_folder_above_end(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml")
    (tmp_path / "above").symlink_to(tmp_path)
    assert read_manifests([str(tmp_path)], ReadOptions()).files == (f"{tmp_path}/a.yaml",)
    (tmp_path / "circle.yaml").symlink_to(tmp_path / "circle.yaml")

    (problem,) = check_manifests([str(tmp_path)], ReadOptions())

    assert problem.file == f"{tmp_path}/circle.yaml"
    assert "cannot be read" in problem.message


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")

    (problem,) = check_manifests([str(tmp_path)], ReadOptions())

    assert problem.message == "this file is not an ordinary file"


def test_bytes_that_are_not_utf_8_are_a_problem_at_their_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: b\nc: \xff\n")

    (problem,) = check_manifests([str(tmp_path)], ReadOptions())

    assert (problem.line, problem.column, problem.message) == (2, 4, "not UTF-8")


def test_a_file_over_5_mb_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "#" * (5 * 1024 * 1024 + 1))

    (problem,) = check_manifests([str(tmp_path)], ReadOptions())

    assert problem.message == "this file has more than 5 MB"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 65 + "]" * 65, "nested deeper than 64"),
        ("[" * 200_000, "nested deeper than 64"),
        ("- " * 70 + "x", "nested deeper than 64"),
        (
            "a: &a [x, x]\n" + "".join(f"k{i}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)),
            "100,000",
        ),
        ("a: \x07", "control character U+0007"),
    ],
)
def test_what_would_hang_or_break_a_reader_is_refused(text: str, said: str) -> None:
    problems = check(text)

    assert any(said in problem.message for problem in problems)


@pytest.mark.parametrize("kind", ["bytes", "binary", "text"])
def test_standard_input_is_read_in_any_form(kind: str) -> None:
    content = COLLECTION.encode()
    stdin = {"bytes": content, "binary": io.BytesIO(content), "text": io.StringIO(COLLECTION)}[kind]

    loaded = read_manifests(["-"], ReadOptions(stdin=stdin))  # type: ignore[arg-type]

    assert loaded.files == ("-",)
    assert loaded.manifests.project.folder == "."


def test_a_project_on_standard_input_steers_only_when_confirmed() -> None:
    steering = make_project("deployment: cdse, state: local")

    problems = check(steering, COLLECTION)
    trusted = read(steering, COLLECTION, trust_stdin=True)

    assert [problem.pointer for problem in problems] == ["/spec/deployment", "/spec/state"]
    assert trusted.manifests.project.deployment.name == "cdse"
    assert check(PROJECT, COLLECTION) == ()


def test_an_unknown_host_counts_only_when_allowed() -> None:
    document = make_collection('s3Bucket: bkt, s3: {endpointUrl: "https://s3.example.org"}')

    (problem,) = check(document)
    allowed = read_one(document, allow_hosts=frozenset({"s3.example.org"}))

    assert problem.hint == "if that is meant, say --allow-host s3.example.org"
    assert allowed.s3.endpoint_url == "https://s3.example.org"


def test_an_aws_host_is_no_place_for_a_token() -> None:
    url = "https://x.execute-api.eu-central-1.amazonaws.com"
    project = make_project(f'deployment: {{baseUrl: "{url}", tokenUrl: "{url}"}}')

    problems = check(project, COLLECTION, trust_stdin=True)

    assert [problem.pointer for problem in problems] == ["/spec/deployment/baseUrl", "/spec/deployment/tokenUrl"]


@pytest.mark.parametrize(
    "documents",
    [
        (PROJECT, make_collection("s3Bucket: bkt, s3: {profile: admin}")),
        (make_project("s3: {profile: admin}"), COLLECTION),
        (make_project("defaults: {s3: {profile: admin}}"), COLLECTION),
    ],
)
def test_standard_input_chooses_aws_credentials_only_when_confirmed(documents: tuple[str, str]) -> None:
    (problem,) = check(*documents)
    trusted = read(*documents, trust_stdin=True)

    assert problem.pointer.endswith("/s3/profile")
    assert "--trust-stdin" in problem.hint
    assert trusted.manifests.collections[0].s3.profile == "admin"


@pytest.mark.parametrize(
    ("host", "is_known"),
    [
        ("s3.amazonaws.com", True),
        ("s3.eu-central-1.amazonaws.com", True),
        ("s3-us-west-2.amazonaws.com", True),
        ("s3.dualstack.us-gov-west-1.amazonaws.com", True),
        ("s3-fips.us-east-1.amazonaws.com", True),
        ("s3.cn-north-1.amazonaws.com.cn", True),
        ("bucket.vpce-1a2b-5c6d.s3.us-east-1.vpce.amazonaws.com", True),
        ("s3express-use1-az4.us-east-1.amazonaws.com", True),
        ("x.execute-api.eu-central-1.amazonaws.com", False),
        ("s3.x.execute-api.eu-central-1.amazonaws.com", False),
        ("s3-1.us-east-1.elb.amazonaws.com", False),
        ("ec2-1-2-3-4.compute-1.amazonaws.com", False),
        ("amazonaws.com", False),
        ("s3.amazonaws.com.evil.example", False),
        ("evil-s3.amazonaws.com", False),
    ],
)
def test_of_aws_only_s3_itself_is_a_known_endpoint(host: str, *, is_known: bool) -> None:
    problems = check(make_collection(f's3Bucket: bkt, s3: {{endpointUrl: "https://{host}"}}'))

    assert (problems == ()) is is_known


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.9.9.9", "http://[::1]:9000", "https://sh.dataspace.copernicus.eu"]
)
def test_loopback_and_known_hosts_are_free(url: str) -> None:
    assert read_one(make_collection(f's3Bucket: bkt, s3: {{endpointUrl: "{url}"}}')).s3.endpoint_url == url


def test_defaults_go_under_every_collection() -> None:
    project = make_project(
        "defaults: {name: shared, s3Bucket: shared, noData: 7, bands: {B1: {bitDepth: 8, source: x}, B2: {bitDepth: 8}},"
        " acks: [{rule: deletes, atMost: 1}], lifecycle: {preventDestroy: true, onRemove: retain}}"
    )
    own = "name: null, noData: null, bands: {B1: {bitDepth: 16}, B2: ~}, acks: [], lifecycle: {onRemove: delete}"

    collection = read_one(project, make_collection(own))

    assert collection.name == "s2"
    assert collection.s3_bucket == "shared"
    assert collection.no_data is None
    assert collection.bands is not None
    assert list(collection.bands) == ["B1"]
    assert (collection.bands["B1"].bit_depth, collection.bands["B1"].source) == (16, "x")
    assert collection.acks == ()
    assert (collection.lifecycle.prevent_destroy, str(collection.lifecycle.on_remove)) == (True, "delete")


def test_settings_of_the_project_lie_under_its_defaults_and_these_under_the_collection() -> None:
    project = make_project(
        "s3: {region: a, profile: a}, rails: {maxDeletes: 1}, defaults: {s3: {region: b}, rails: {maxDeletes: 2}}"
    )

    collection = read_one(project, make_collection("s3Bucket: bucket-x, s3: {profile: c}"), trust_stdin=True)

    assert (collection.s3.region, collection.s3.profile) == ("b", "c")
    assert collection.rails.max_deletes.value == 2


def test_a_problem_of_the_defaults_is_told_once() -> None:
    project = make_project('defaults: {s3Bucket: bkt, tiles: [{pattern: "{bad"}]}')

    problems = check(project, *(make_collection("adopt: false", f"c{index}") for index in range(3)))

    assert len(problems) == 1


def test_an_empty_value_removes_nothing() -> None:
    (problem,) = check(make_collection("s3Bucket: bkt, bands: {B1: }"))

    assert problem.message == "B1 must be a mapping, not nothing"


def test_variables_are_put_in_once_and_the_command_line_wins() -> None:
    project = make_project('vars: {year: "2019", place: "${year}", none: 255}')
    collection = make_collection('s3Bucket: "b-${year}", name: "$${year} ${place}"')

    found = read_one(project, f"{collection}  ", variables={"year": "2020"})

    assert found.s3_bucket == "b-2020"
    assert found.name == "${year} ${year}"


def test_a_variable_of_the_command_line_that_nothing_uses_is_a_warning() -> None:
    project = make_project('vars: {declared: "1"}')
    collection = make_collection('s3Bucket: "b-${year}"')

    (warning,) = read(project, collection, variables={"year": "2019", "yaer": "2020", "declared": "2"}).warnings

    assert warning.message == "--var yaer: no manifest uses it"
    assert warning.hint == "did you mean year?"


def test_a_variable_can_be_a_number_where_the_schema_wants_one() -> None:
    collection = make_collection("").replace("{}", "\n  s3Bucket: bkt\n  noData: ${none}")

    assert read_one(collection, variables={"none": "255"}).no_data == 255


def test_the_environment_is_never_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "x")

    (problem,) = check(make_collection('s3Bucket: bkt, name: "${SECRET}"'))

    assert problem.message == "no variable is called SECRET"


def test_a_variable_that_holds_the_word_null_takes_no_default_away() -> None:
    collection = read_one(make_collection("s3Bucket: bkt, name: '${x}'"), variables={"x": "null"})

    assert collection.name == "null"


@pytest.mark.parametrize(
    ("tile", "column"),
    [
        ('pattern: "{year}/{x:q}/(BAND).tif"', 1),
        ("pattern: '{year}/{x:q}/(BAND).tif'", 1),
        ("pattern: a/{x:q}/(BAND).tif", 1),
        (r'pattern: "\x7byear}/{x:q}/(BAND).tif"', 0),
    ],
)
def test_a_fault_in_a_pattern_is_told_at_its_character(tile: str, column: int) -> None:
    text = f"apiVersion: byocplan/v1\nkind: Collection\nmetadata: {{name: a}}\nspec:\n  s3Bucket: bkt\n  tiles:\n  - {tile}\n"

    (problem,) = check(text)

    pattern_start = problem.snippet.index(": ") + 3
    assert problem.line == 7
    assert (problem.column > pattern_start) == bool(column)
    assert column == 0 or problem.snippet[: problem.column].endswith(("{", "x", ":", "q"))


def test_a_hint_says_what_was_meant() -> None:
    unknown_key, unknown_value = check(make_collection("s3Bucket: bkt, adpot: true, lifecycle: {onRemove: Delete}"))

    assert unknown_key.hint == "did you mean adopt?"
    assert unknown_value.hint == "did you mean delete?"


def test_problems_have_json_pointers() -> None:
    (problem,) = check(make_collection('s3Bucket: bkt, bands: {"a/b~c": {bitDepth: 5}}'))[-1:]

    assert problem.pointer == "/spec/bands/a~1b~0c/bitDepth"


def test_a_band_name_that_is_no_identifier_is_only_warned_of() -> None:
    loaded = read(make_collection("s3Bucket: bkt, bands: {8-bit: {}, class: {}, $ok_1: {}, Été: {}}"))

    assert [problem.pointer for problem in loaded.warnings] == ["/spec/bands/8-bit", "/spec/bands/class"]
    assert all(problem.is_warning for problem in loaded.warnings)


def test_warnings_come_along_with_problems() -> None:
    with pytest.raises(ManifestError) as raised:
        read(make_collection("s3Bucket: bkt, x: 1, bands: {8-bit: {}}"))

    assert sorted(problem.is_warning for problem in raised.value.problems) == [False, True]


def test_a_document_with_thousands_of_mistakes_ends_after_a_thousand() -> None:
    entries = ", ".join("{path: a, incomplete: maybe}" for _ in range(1500))

    problems = check(make_collection(f"s3Bucket: bkt, tiles: [{entries}]"))

    assert len(problems) == 1001
    assert problems[0].message == "more than 1,000 problems; the rest is not listed"


def test_a_spec_that_is_none_is_one_problem() -> None:
    (problem,) = check(make_collection("s3Bucket: bkt").replace("{s3Bucket: bkt}", "nothing"))

    assert problem.message == "spec must be a mapping, not nothing"


def test_reading_grows_linearly_with_the_number_of_paths() -> None:
    small, large = (make_paths(count) for count in (500, 5000))
    read(small)

    small_s, large_s = measure(small), measure(large)

    assert large_s < 30 * small_s


def make_paths(count: int) -> str:
    head = "apiVersion: byocplan/v1\nkind: Collection\nmetadata: {name: a}\nspec:\n  s3Bucket: bkt\n  tiles:\n"
    return head + "".join(
        f"  - path: scenes/{index}/(BAND).tif\n    sensingTime: 2019-01-01\n" for index in range(count)
    )


def measure(text: str) -> float:
    start = time.process_time()
    read(text)
    return time.process_time() - start
