"""Manifests that are written read as what they were written from, whatever the names are."""

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from byocplan.manifest import ReadOptions, read_manifests
from byocplan.model.band import LiveBand
from byocplan.model.collection import LiveCollection
from byocplan.model.exported import Exported, WrittenSource
from byocplan.model.pattern import DateRange, Where
from byocplan.model.source import PathSource, PatternSource, SensingKind, SensingTime
from byocplan.view.manifest_text import render_exported, render_project
from byocplan.view.yaml_scalar import write_number, write_text

ID = "017aa0ae-33a6-45d3-8548-0f7d1041b40c"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(TEXTS)
@example("NO")
@example("010")
@example("1e3")
@example("a: b # c")
@example("\x1b[31m\u202e${x}\n---\n")
def test_any_text_is_written_on_one_safe_line_and_reads_back(text: str) -> None:
    written = write_text(text)

    assert written.isprintable()
    assert yaml.safe_load(f"[{written}]") == [text.replace("${", "$${")]
    assert yaml.safe_load(f"k: {written}") == {"k": text.replace("${", "$${")}


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_numbers_read_back(number: float) -> None:
    assert float(yaml.safe_load(f"n: {write_number(number)}")["n"]) == number


def test_a_whole_export_reads_back() -> None:
    bands = {
        "yes": LiveBand("yes", "B 2: x", 1, 16, "UINT", None),
        "é\u202e": LiveBand("é\u202e", "é\u202e", 3, 32, "FLOAT", -9999.5),
    }
    live = LiveCollection(ID, "\u202e]0;x ${name} #1", "imagery", bands=bands, storage_identifier="waw3-2")
    where = Where(DateRange(0, 1001), {"grid": ("1C", '5"')})
    sources = (
        WrittenSource("{year}/{grid}/(BAND).tif", SensingTime(), where, key="pattern", note="2 tiles\n- pattern: x"),
        WrittenSource("$${a}/(BAND).tif".replace("$$", "$"), SensingTime(SensingKind.FIXED), prune=False),
    )
    text = (
        render_project("p", "cdse") + "---\n" + render_exported(Exported("s2", live, 3, sources, ("a note\nb: c",), 1))
    )

    loaded = read_manifests(["-"], ReadOptions(stdin=text.encode(), trust_stdin=True)).manifests

    (found,) = loaded.collections
    pattern, path = found.sources
    assert (found.id, found.name, found.s3_bucket, found.storage_identifier) == (ID, live.name, "imagery", "waw3-2")
    assert found.bands is not None
    assert [(band.name, band.source, band.band_index) for band in found.bands.values()] == [
        ("yes", "B 2: x", None),
        ("é\u202e", None, 3),
    ]
    assert isinstance(pattern, PatternSource)
    assert (pattern.where.date, pattern.where.fields) == (where.date, where.fields)
    assert isinstance(path, PathSource)
    assert (path.path, path.options.prune) == ("${a}/(BAND).tif", False)
    assert path.options.sensing_time == SensingTime(SensingKind.FIXED)


def test_names_that_no_manifest_may_have_are_left_as_they_are() -> None:
    bands = {"B\x07": LiveBand("B\x07", "B", 1, 16, "UINT", None)}
    live = LiveCollection(ID, "\x1b]0;x\x07", "imagery", bands=bands)

    text = render_exported(Exported("s2", live, 0, ()))

    (found,) = read_manifests(["-"], ReadOptions(stdin=text.encode(), trust_stdin=True)).manifests.collections
    assert found.bands is None
    assert found.lifecycle.ignore_changes == {"name"}
