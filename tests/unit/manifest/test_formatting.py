"""The canonical form of manifests: comments stay, what is said stays, and formatting twice is formatting once."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byocplan.errors import ManifestError
from byocplan.manifest import ReadOptions, format_text, read_manifests

ROOT = Path(__file__).parents[3]

MESSY = """\
# yaml-language-server: $schema=manifest.schema.json

kind: 'Project'
metadata: {name: "mosaics"}   # in braces
apiVersion: byocplan/v1
---
spec:
    # where the tiles are
    tiles:
    -   where: {grid: ["28V", '5*', "NO"]}
        # beside the date
        pattern: '{year}/{month}/{grid}/(BAND).tif'   # quotes are needed


    -   sensingTime: "2019-11-27T10:00:00Z"
        path: "special/scene-7_(BAND).tiff"
    s3Bucket:   "imagery"
    bands:
        Red:
            sampleFormat: "UINT"
            # a depth
            bitDepth: 8
        B02: {bitDepth: 16}
    name: "it's \\"odd\\""
apiVersion: byocplan/v1
metadata:
    labels: {team: "land"}
    name: s2
kind: Collection
# the end
"""

TIDY = """\
# yaml-language-server: $schema=manifest.schema.json

apiVersion: byocplan/v1
kind: Project
metadata: {name: mosaics}   # in braces
---
apiVersion: byocplan/v1
kind: Collection
metadata:
  name: s2
  labels: {team: land}
spec:
  name: 'it''s "odd"'
  s3Bucket:   imagery
  bands:
    Red:
      # a depth
      bitDepth: 8
      sampleFormat: UINT
    B02: {bitDepth: 16}
  # where the tiles are
  tiles:
    # beside the date
    - pattern: "{year}/{month}/{grid}/(BAND).tif"   # quotes are needed
      where: {grid: [28V, "5*", "NO"]}

    - path: special/scene-7_(BAND).tiff
      sensingTime: "2019-11-27T10:00:00Z"
# the end
"""


def format_one(text: str) -> str:
    return format_text("m.yaml", Path(), text)


def test_the_canonical_form() -> None:
    assert format_one(MESSY) == TIDY
    assert format_one(TIDY) == TIDY


@pytest.mark.parametrize("file", sorted(ROOT.glob("examples/**/*.yaml")), ids=lambda path: path.name)
def test_examples_mean_the_same_afterwards(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    formatted = format_one(text)

    assert format_one(formatted) == formatted
    assert formatted.count("#") == text.count("#")


@pytest.mark.parametrize("text", ["a: {", "a: 1\na: 2\n", "a: !!python/object:x {}\n", "a: *b\n"])
def test_what_is_no_manifest_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(ManifestError) as refused:
        format_one(text)

    assert refused.value.problems[0].file == "m.yaml"


@pytest.mark.parametrize("text", ["2001-99-01", "2020-02-30", "2026-13-45", "9" * 5000, "12:99:99", "0b2", "="])
def test_what_only_other_readers_of_yaml_take_for_a_date_or_a_number_is_a_text(text: str) -> None:
    formatted = format_one(f"kind: Project\nspec:\n    a: {text}\n    b: '{text}'\n")

    assert formatted == f'kind: Project\nspec:\n  a: {text}\n  b: "{text}"\n'


def test_texts_of_several_lines_and_anchors_stay() -> None:
    text = 'kind: Project\nspec:\n  vars:\n    a: &x "one"\n    b: |\n      two  \n\n\n        three\n    c: *x\n'

    assert format_one(text) == text


#: One a line.
SCALARS = st.sampled_from(
    r"""
1
010
NO
~
null
"null"
2019-01-01
'2019-01-01'
"28V"
12:30:45
1e3
"1e3"
'#x'
'a: b'
"a b"
"{x}"
'it''s'
"\n"
"é"
''
x
-1.5
[1, '2']
{a: 'b'}
"0x1F"
""".strip().split("\n")
)
KEYS = st.sampled_from(["tiles", "name", "spec", "kind", "s3Bucket", "bands", "'quoted'", "noData", "x y"])


def write_node(draw: st.DrawFn, depth: int, indent: str) -> str:
    """Return a value and its line end: a scalar, or a block that begins on the next line."""
    shape = draw(st.integers(0, 3 if depth else 0))
    comment = draw(st.sampled_from(["", "", "  # beside", f"\n{indent}# below"]))
    if shape <= 1:
        return f" {draw(SCALARS)}{comment}\n"
    step = " " * draw(st.integers(1, 4))
    if shape == 2:
        keys = draw(st.lists(KEYS, min_size=1, max_size=4, unique=True))
        lead = draw(st.sampled_from(["", f"{indent}{step}# above\n", "\n"]))
        return "\n" + "".join(f"{lead}{indent}{step}{key}:{write_node(draw, depth - 1, indent + step)}" for key in keys)
    items = draw(st.integers(1, 3))
    return "\n" + "".join(f"{indent}{step}-{write_node(draw, depth - 1, indent + step + ' ')}" for _ in range(items))


@st.composite
def documents(draw: st.DrawFn) -> str:
    keys = draw(st.lists(KEYS, min_size=1, max_size=4, unique=True))
    return "".join(f"{key}:{write_node(draw, 3, '')}" for key in keys)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_any_text_is_formatted_to_the_same_meaning_with_its_comments_once_and_for_all(text: str) -> None:
    formatted = format_one(text)  # raises where the meaning would change

    assert format_one(formatted) == formatted
    assert formatted.count("#") == text.count("#")


def test_a_formatted_project_reads_as_before(tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    file.write_text(MESSY, encoding="utf-8")
    before = read_manifests([str(file)], ReadOptions()).manifests.collections[0]

    file.write_text(format_one(MESSY), encoding="utf-8")
    after = read_manifests([str(file)], ReadOptions()).manifests.collections[0]

    assert (after.name, after.bands, after.s3_bucket) == (before.name, before.bands, before.s3_bucket)
    assert [str(source).partition("place=")[0] for source in after.sources] == [
        str(source).partition("place=")[0] for source in before.sources
    ]


def test_a_byte_order_mark_goes() -> None:
    assert format_one("\ufeffkind: 'Project'\r\n") == "kind: Project\n"


@pytest.mark.parametrize("mark", ["\r", "\x85", "\u2028"])
def test_line_ends_that_yaml_alone_knows_are_refused(mark: str) -> None:
    with pytest.raises(ManifestError) as raised:
        format_one(f"kind: 'Project' # this{mark}metadata: {{name: 'x'}}\n")

    assert "line ends" in raised.value.problems[0].message


def test_one_anchor_twice_is_a_problem_in_its_place() -> None:
    with pytest.raises(ManifestError) as raised:
        format_one("a: &x 1\nb: &x 2\n")

    assert "anchor of this name" in raised.value.problems[0].message
    assert raised.value.problems[0].line == 2
