"""Bindings in a folder: what is written is read, and what is damaged is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from byocplan.errors import StateError
from byocplan.model.address import make_address
from byocplan.model.binding import Binding
from byocplan.model.collection import OnRemove
from byocplan.model.pattern import Where, compile_pattern, make_date_range
from byocplan.model.scope import PathScope, PatternScope
from byocplan.state.local import LocalState

EMULATOR = "http://127.0.0.1:8000"
PRODUCTION = "https://services.sentinel-hub.com"
S2 = make_address("s2")

SCOPES = (
    PatternScope(
        compile_pattern("{year}/{month}/{grid}/(BAND).tif"),
        Where(make_date_range("2019-01-01", "2019-12-31"), {"grid": ("28V", "5*")}, "time"),
        prune=False,
    ),
    PatternScope(compile_pattern("all/(BAND).tif"), Where()),
    PathScope(frozenset({"b/(BAND).tif", "a/(BAND).tif"})),
)


def make_state(folder: Path, deployment: str = EMULATOR, project: str = "mosaics") -> LocalState:
    return LocalState(folder, project, deployment)


def make_binding(deployment: str = EMULATOR, live_id: str = "id-1") -> Binding:
    return Binding(
        S2,
        live_id,
        "NO",
        "bucket",
        deployment,
        account_id="2019-01-01",
        prevent_destroy=True,
        on_remove=OnRemove.RETAIN,
        labels={"team": "010"},
        scopes=SCOPES,
        serial=3,
        asked={"noData": "012345678901", "name": "0e1234567890"},
    )


def write_binding(state: LocalState, binding: Binding | None = None) -> None:
    state.write(replace(state.read(), by_address={S2: binding or make_binding(state.deployment)}))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    state = make_state(tmp_path)

    written = state.write(replace(state.read(), by_address={S2: make_binding()}))

    assert state.read() == written
    assert written.by_address[S2] == make_binding()
    assert written.serial == 1
    assert written.lineage


def test_no_file_reads_as_no_bindings_and_makes_nothing(tmp_path: Path) -> None:
    bindings = make_state(tmp_path).read()

    assert bindings.by_address == {}
    assert list(tmp_path.iterdir()) == []


def test_serial_grows_and_lineage_stays(tmp_path: Path) -> None:
    state = make_state(tmp_path)

    first = state.write(state.read())
    second = state.write(first)

    assert (first.serial, second.serial) == (1, 2)
    assert first.lineage == second.lineage


def test_deployments_do_not_touch_each_other(tmp_path: Path) -> None:
    production, emulator = make_state(tmp_path, PRODUCTION), make_state(tmp_path)
    write_binding(production, make_binding(PRODUCTION, "precious"))

    write_binding(emulator)
    emulator.write(replace(emulator.read(), by_address={}))

    assert production.read().by_address[S2].id == "precious"
    assert production.read().serial == 1
    assert emulator.read().by_address == {}


def test_the_file_before_is_kept_as_a_backup(tmp_path: Path) -> None:
    state = make_state(tmp_path)
    write_binding(state)
    before = state.lock_file.read_bytes()

    state.write(replace(state.read(), by_address={}))

    assert (tmp_path / ".byocplan" / "byocplan.lock.backup.yaml").read_bytes() == before


def test_the_private_folder_stays_private_and_out_of_git(tmp_path: Path) -> None:
    write_binding(make_state(tmp_path))

    folder = tmp_path / ".byocplan"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / ".gitignore").read_text() == "*\n"


def test_the_file_says_what_it_is_and_holds_no_aliases(tmp_path: Path) -> None:
    state = make_state(tmp_path)
    write_binding(state)

    text = state.lock_file.read_text()

    assert text.startswith("# What byocplan has created")
    assert "Commit it" in text
    assert "&id" not in text
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")] == []


def test_a_file_changed_since_it_was_read_is_not_overwritten(tmp_path: Path) -> None:
    state = make_state(tmp_path)
    mine = state.read()
    write_binding(state)

    with pytest.raises(StateError, match="changed by somebody else"):
        state.write(mine)


def test_every_cut_of_the_file_is_refused(tmp_path: Path) -> None:
    state = make_state(tmp_path)
    write_binding(state)
    whole, content = state.read(), state.lock_file.read_bytes()

    for length in range(len(content) - 1):
        state.lock_file.write_bytes(content[:length])
        with pytest.raises(StateError, match="restore it from Git"):
            state.read()

    state.lock_file.write_bytes(content[:-1])  # only the last line break is missing
    assert state.read() == whole


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"\x00\xff\xfe", "is not valid YAML"),
        (b"- 1\n...\n", "not a lock file"),
        (b"hello\n...\n", "not a lock file"),
        (b"version: 1\n...\n", "not a lock file"),
        (b"[" * 5000, "is not valid YAML"),
        (b"version: 99\nproject: mosaics\nanything: else\n...\n", "upgrade byocplan"),
        (b"version: 0\nproject: mosaics\nlineage: x\n...\n", "version 0"),
        (b"version: 1\nproject: other\nlineage: x\n...\n", "project 'other'"),
        (b"version: 1\nproject: mosaics\nlineage: x\nlineage: y\n...\n", "stands twice"),
        (b"<<<<<<< HEAD\nversion: 1\n=======\n>>>>>>> x\n...\n", "unfinished Git merge"),
        (b"!!python/object:os.system {}\n...\n", "is not valid YAML"),
    ],
)
def test_a_bad_file_is_refused_and_left_alone(tmp_path: Path, content: bytes, what: str) -> None:
    state = make_state(tmp_path)
    state.lock_file.write_bytes(content)

    with pytest.raises(StateError, match=what) as refused:
        state.read()
    with pytest.raises(StateError):
        state.write(make_state(tmp_path / "elsewhere").read())

    assert str(state.lock_file) in str(refused.value)
    assert state.lock_file.read_bytes() == content


@pytest.mark.parametrize(
    "scope", ['{pattern: "a/{"}', "{}", '{pattern: "a", paths: []}', '{pattern: "{year}", where: {date: {from: x}}}']
)
def test_a_scope_that_cannot_be_read_is_refused(tmp_path: Path, scope: str) -> None:
    state = make_state(tmp_path)
    state.lock_file.write_text(
        f"version: 1\nproject: mosaics\nlineage: x\ndeployments:\n  {EMULATOR}:\n    serial: 1\n    bindings:\n"
        f"      collection/s2: {{id: a, name: b, s3Bucket: c, scopes: [{scope}]}}\n...\n"
    )

    with pytest.raises(StateError, match="a scope of collection/s2"):
        state.read()


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    state = make_state(tmp_path)
    (tmp_path / "elsewhere.yaml").write_bytes(b"version: 1\n")
    state.lock_file.symlink_to(tmp_path / "elsewhere.yaml")

    with pytest.raises(StateError, match="symbolic link"):
        state.read()


def test_a_folder_that_cannot_be_written_is_an_error_with_a_mend(tmp_path: Path) -> None:
    state = make_state(tmp_path)
    (tmp_path / ".byocplan").write_text("a file in its place")

    with pytest.raises(StateError, match="run again"):
        state.write(state.read())

    assert not state.lock_file.exists()


def test_what_a_killed_writer_left_behind_does_not_stand_in_the_way(tmp_path: Path) -> None:
    state = make_state(tmp_path)
    (tmp_path / ".byocplan.lock.yaml.tmp").write_text("half")

    write_binding(state)

    assert state.read().by_address[S2].id == "id-1"
    assert not (tmp_path / ".byocplan.lock.yaml.tmp").exists()
