"""Plan files: what is written is read, whole or not at all, and for its owner alone."""

import gzip
import io
import json
import os
import stat
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import jsonschema
import msgspec
import pytest

from byocplan.errors import ArgumentError, StaleError
from byocplan.model.change import WRITES, Action, Reason, SetChange, TileAction, TileChange, TileSample
from byocplan.model.collection import Lifecycle, OnRemove
from byocplan.model.pattern import Where, compile_pattern
from byocplan.model.plan import Plan
from byocplan.model.scope import PathScope, PatternScope
from byocplan.planfile import forms, open_plan_file, write_plan_file
from byocplan.planfile.lines import decode_change, encode_change
from byocplan.planfile.seal import UNSEALED, read_seal, write_seal
from byocplan.schemafiles import read_schema_file
from tests.support.memory_tiles import DAY_MS, make_change, make_create
from tests.support.planfiles import BEFORE, make_file_part, make_file_plan, read_members, write_small_file
from tests.support.plans import make_change as make_collection_change
from tests.support.plans import make_payload, make_rail, make_retimed, make_set


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plan.byocplan"


def read_plan(path: Path) -> Plan:
    with open_plan_file(path) as file:
        return file.plan


def without_tiles(plan: Plan) -> Plan:
    return replace(plan, collections=tuple(replace(part, tiles=None) for part in plan.collections))


def make_full_plan() -> Plan:
    """Return a plan in which nothing is left at its default."""
    part = replace(
        make_file_part(),
        change=replace(make_collection_change(payload=make_payload()), fields=()),
        sets=(make_set(TileAction.KEEP, 3, prefix={"z": 2, "a": 1}, samples=[make_retimed()]),),
        by_status={"INGESTED": 2, "FAILED": 1},
        by_cause={"no such file": 1},
        scopes=(
            PatternScope(compile_pattern("{year}/{grid}/(BAND).tif"), Where(None, {"grid": ("28V",)})),
            PathScope(frozenset({"x/(BAND).tif"}), prune=False),
        ),
        lifecycle=Lifecycle(prevent_destroy=True, on_remove=OnRemove.RETAIN, ignore_changes=frozenset({"name"})),
        labels={"team": "forest"},
    )
    return replace(make_file_plan(part, git_commit="d" * 40), rails=(make_rail(),), is_complete=False)


def test_a_plan_comes_back_as_it_was_written(path: Path) -> None:
    plan = make_full_plan()

    write_plan_file(path, plan)

    assert without_tiles(read_plan(path)) == without_tiles(plan)
    assert list(read_plan(path).collections[0].sets[0].groups["prefix"]) == ["z", "a"]


def test_tile_changes_come_back_as_they_were_written(path: Path) -> None:
    part = make_file_part()
    write_plan_file(path, make_file_plan(part))

    with open_plan_file(path) as file:
        tiles = file.plan.collections[0].tiles
        assert tiles is not None
        assert part.tiles is not None
        assert [[*tiles.iter_changes(each)] for each in WRITES] == [[*part.tiles.iter_changes(each)] for each in WRITES]


def test_updates_name_what_differs_and_a_line_that_does_not_is_not_taken_to() -> None:
    update = make_change(TileAction.UPDATE, "id-1", before=BEFORE)
    told = [replace(update, reason=reason) for reason in (Reason.SENSING_TIME, Reason.COVER_GEOMETRY)]

    assert [json.loads(encode_change(change))["r"] for change in told] == ["sensing-time", "cover-geometry"]
    assert decode_change(TileAction.UPDATE, b'{"p":"a","t":1,"i":"id"}').reason is Reason.FIELD_CHANGED


def test_a_sample_of_a_file_without_live_times_is_not_taken_for_one_of_a_timeless_tile() -> None:
    form = msgspec.convert({"path": "a", "sensing_time_ms": 1, "reason": "field-changed"}, forms.SampleForm)

    assert not TileSample(form.path, form.sensing_time_ms, form.reason, form.live_sensing_time_ms).is_retimed


def test_the_same_plan_makes_the_same_bytes(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "other.byocplan"
    other.parent.mkdir()

    assert write_plan_file(path, make_full_plan()) == write_plan_file(other, make_full_plan())
    assert path.read_bytes() == other.read_bytes()


def test_ordinary_tools_read_it_and_the_schema_describes_it(path: Path) -> None:
    write_small_file(path)

    with zipfile.ZipFile(path) as archive:
        document = json.loads(archive.read("plan.json"))
        lines = gzip.decompress(archive.read("changes/s2.create.ndjson.gz")).splitlines()

    jsonschema.Draft7Validator(read_schema_file("planfile")).validate(document)
    assert [json.loads(line) for line in lines] == [{"p": "tile-1/(BAND).tif", "t": DAY_MS}]
    assert document["collections"][0]["sets"][0]["members"] == "changes/s2.create.ndjson.gz"


def test_the_schema_describes_every_key(path: Path) -> None:
    write_plan_file(path, make_full_plan())
    with zipfile.ZipFile(path) as archive:
        document = json.loads(archive.read("plan.json"))

    schema = read_schema_file("planfile")

    jsonschema.Draft7Validator(schema).validate(document)
    assert set(document) == set(schema["properties"]) == set(schema["required"])


def test_a_file_is_for_its_owner_alone_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        write_small_file(path)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_symbolic_link_is_replaced_and_not_followed(path: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    path.symlink_to(victim)

    write_small_file(path)

    assert victim.read_text() == "precious"
    assert not path.is_symlink()


def test_a_plan_that_cannot_be_written_leaves_the_old_file_and_nothing_else(path: Path) -> None:
    before = write_small_file(path)
    part = replace(make_file_part(), tiles=BrokenTiles())

    with pytest.raises(RuntimeError):
        write_plan_file(path, make_file_plan(part))

    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


class BrokenTiles:
    def iter_changes(self, action: TileAction) -> Iterator[TileChange]:
        yield replace(make_create(1), action=action)
        raise RuntimeError


def is_sealed(content: bytes) -> bool:
    return read_seal(io.BytesIO(content)) is not None


def flip(content: bytes, place: int, mask: int) -> bytes:
    return content[:place] + bytes([content[place] ^ mask]) + content[place + 1 :]


@pytest.mark.parametrize("mask", [0x01, 0x20, 0xFF])
def test_no_changed_byte_passes(path: Path, mask: int) -> None:
    whole = write_small_file(path)

    assert is_sealed(whole)
    assert [place for place in range(len(whole)) if is_sealed(flip(whole, place, mask))] == []


def test_no_truncation_and_no_added_byte_passes(path: Path) -> None:
    whole = write_small_file(path)

    damaged = [whole[:length] for length in range(len(whole))] + [whole + b"\0", b"\0" + whole, whole + whole]

    assert [len(each) for each in damaged if is_sealed(each)] == []


@pytest.mark.parametrize("damage", [b"", b"PK", b"no plan at all" * 20, None])
def test_a_damaged_file_says_so(path: Path, damage: bytes | None) -> None:
    whole = write_small_file(path)
    path.write_bytes(flip(whole, len(whole) // 2, 1) if damage is None else damage)

    with pytest.raises(StaleError, match="damaged"):
        read_plan(path)


@pytest.mark.parametrize("what", ["nothing", "folder"])
def test_what_is_no_file_is_an_argument_error(path: Path, what: str) -> None:
    if what == "folder":
        path.mkdir()

    with pytest.raises(ArgumentError):
        read_plan(path)


def test_a_plan_of_a_later_format_says_which_version_made_it(path: Path, tmp_path: Path) -> None:
    plan = make_file_plan(make_file_part(), tool_version="9.1")
    write_plan_file(path, plan)
    forge_plan_json(path, b'"format_version": "1.0"', b'"format_version": "2.0"')

    with pytest.raises(StaleError, match=r"format 2\.0, made by byocplan 9\.1"):
        read_plan(path)


def test_a_plan_whose_values_are_unknown_is_refused(path: Path) -> None:
    write_small_file(path)
    forge_plan_json(path, b'"action": "keep"', b'"action": "leap"')

    with pytest.raises(StaleError, match=r"plan\.json cannot be read"):
        read_plan(path)


def forge_plan_json(path: Path, old: bytes, new: bytes) -> None:
    """Change plan.json and seal the file anew, as a later version might have written it."""
    with zipfile.ZipFile(path) as archive:
        members = [(entry, archive.read(entry)) for entry in archive.infolist()]
    assert old in members[0][1]
    with path.open("w+b") as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.comment = UNSEALED
            for entry, content in members:
                archive.writestr(entry, content.replace(old, new))
        write_seal(file)


@dataclass(frozen=True, slots=True)
class ManyCreates:
    """A million creates would look like this; none is held."""

    count: int

    def iter_changes(self, action: TileAction) -> Iterator[TileChange]:
        for number in range(self.count):
            path = f"{2015 + number % 9}/{number % 12 + 1}/{number // 108:06d}/(BAND).tif"
            yield TileChange(action, path, Reason.NOT_LIVE, None, DAY_MS + number * 1000, sensing_managed=True)


def measure_peak(path: Path, count: int) -> int:
    """Return the peak of memory (bytes) while a plan file with so many creates is written and read."""
    part = replace(make_file_part(Action.CREATE), sets=(SetChange(TileAction.CREATE, count),), tiles=ManyCreates(count))
    tracemalloc.start()
    write_plan_file(path, make_file_plan(part))
    assert read_members(path) == {TileAction.CREATE: count}
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_tiles(path: Path) -> None:
    measure_peak(path, 100)

    few, many = measure_peak(path, 3_000), measure_peak(path, 20_000)

    assert many < 1.5 * few
    assert path.stat().st_size < 20 * 20_000


@pytest.mark.sweep
def test_two_hundred_thousand_creates_take_no_more_memory(path: Path) -> None:
    few, many = measure_peak(path, 20_000), measure_peak(path, 200_000)

    assert many < 1.5 * few


def test_the_schema_knows_every_key_of_every_form() -> None:
    definitions = read_schema_file("planfile")["definitions"]
    known = {name: set(each["properties"]) for name, each in definitions.items() if "properties" in each}

    written = {
        name: set(form.__struct_encode_fields__)
        for name, form in vars(forms).items()
        if isinstance(form, type) and issubclass(form, msgspec.Struct) and name in known
    }

    assert len(written) > 12
    assert {name: known[name] for name in written} == written
