"""The journal: what is open in it after a crash, and what is refused."""

import os
import stat
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from byocplan.errors import LeaseHeldError, StateError
from byocplan.state import CREATE_COLLECTION, Journal, JournalFolder, remove_leftover
from byocplan.state.group_commit import GroupCommit

URL = "http://127.0.0.1"
CREATE = {"address": "collection/s2", "name": "s2", "s3_bucket": "mosaics", "at_ms": 5}


def make_folder(tmp_path: Path, project: str = "mosaics", deployment: str = URL) -> JournalFolder:
    return JournalFolder(tmp_path, project, deployment)


def crash(folder: JournalFolder, run_id: str = "run-1") -> Journal:
    """Return the journal of a run that ended with one create and one tile open, its lock freed by its death."""
    with suppress(ZeroDivisionError), folder.open(run_id, "hash") as journal:
        journal.end(journal.begin("tile.create", collection="id", path="a/(BAND).tif"), "done")
        journal.begin(CREATE_COLLECTION, **CREATE)
        journal.begin("tile.create", collection="id", path="b/(BAND).tif")
        raise ZeroDivisionError
    return journal


def test_a_run_that_ends_well_leaves_no_journal(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)

    with folder.open("run-1", "hash") as journal:
        number = journal.begin("tile.create", collection="id", path="a")
        was_there = journal.path.exists()
        journal.end(number, "done")

    assert was_there
    assert not journal.path.exists()
    assert folder.read() == ()


def test_a_run_that_writes_nothing_makes_nothing(tmp_path: Path) -> None:
    with make_folder(tmp_path).open("run-1", "hash"):
        pass

    assert list(tmp_path.iterdir()) == []


def test_what_a_crash_left_open_is_read_again(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    journal = crash(folder)

    (left,) = folder.read()

    assert left.run_id == "run-1"
    assert [(each.address, each.name, each.at_ms, each.made) for each in left.creates] == [
        ("collection/s2", "s2", 5, "")
    ]
    remove_leftover(left)
    assert not journal.path.exists()


def test_an_id_that_was_noted_is_told(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    with folder.open("run-1", "hash") as journal:
        journal.note(journal.begin(CREATE_COLLECTION, **CREATE), made="new-id")

    (left,) = folder.read()

    assert left.creates[0].made == "new-id"


def test_a_journal_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        journal = crash(make_folder(tmp_path))
    finally:
        os.umask(before)

    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(journal.path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_last_line_that_was_cut_off_is_passed_over(tmp_path: Path, cut: int) -> None:
    folder = make_folder(tmp_path)
    journal = crash(folder)
    journal.path.write_bytes(journal.path.read_bytes()[:-cut])

    (left,) = folder.read()

    assert len(left.creates) == 1


def test_an_empty_journal_leaves_nothing_open(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    crash(folder).path.write_bytes(b"")

    (left,) = folder.read()

    assert left.creates == ()


def test_every_changed_byte_is_noticed(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    journal = crash(folder)
    content = journal.path.read_bytes()
    # The end of the last line is what a crash may cut off; a byte changed there reads as such or as damage.
    for place in range(len(content) - 1):
        journal.path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])

        with pytest.raises(StateError, match="move"):
            folder.read()


def test_a_journal_of_another_project_is_refused_with_the_mend(tmp_path: Path) -> None:
    crash(make_folder(tmp_path, project="elsewhere"))

    with pytest.raises(StateError, match=r"belongs to the project 'elsewhere'.*move the file away"):
        make_folder(tmp_path).read()


def test_a_journal_of_another_deployment_is_left_alone(tmp_path: Path) -> None:
    journal = crash(make_folder(tmp_path, deployment="http://127.0.0.2"))

    assert make_folder(tmp_path).read() == ()
    assert journal.path.exists()


def test_a_journal_whose_run_lives_is_not_taken_over(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)

    with folder.open("run-1", "hash") as journal:
        journal.begin(CREATE_COLLECTION, **CREATE)
        with pytest.raises(LeaseHeldError, match="run-1"):
            folder.read()


def test_a_link_in_place_of_a_journal_is_not_followed(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    journal = crash(folder)
    elsewhere = journal.path.rename(tmp_path / "elsewhere")
    journal.path.symlink_to(elsewhere)

    with pytest.raises(StateError, match="cannot be read"):
        folder.read()


def test_a_journal_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / ".byocplan").mkdir()
    (tmp_path / ".byocplan" / "journal").write_text("a file")

    with pytest.raises(StateError, match="cannot be made"), make_folder(tmp_path).open("run-1", "hash") as journal:
        journal.begin("tile.create")


def test_many_threads_share_their_waits_for_the_disk(tmp_path: Path) -> None:
    folder, threads, each = make_folder(tmp_path), 32, 25
    start = threading.Barrier(threads)
    with folder.open("run-1", "hash") as journal:

        def work() -> None:
            start.wait()
            for number in range(each):
                journal.end(journal.begin("tile.create", path=f"{number}"), "done")

        workers = [threading.Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        syncs = journal.syncs

    assert syncs < threads * each / 2


def test_a_disk_that_fails_fails_every_later_intent(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / "file", os.O_RDONLY | os.O_CREAT, 0o600)
    try:
        commit = GroupCommit(descriptor)

        for _ in range(2):
            with pytest.raises(OSError, match="Bad file descriptor"):
                commit.append_durably(b"line\n")
    finally:
        os.close(descriptor)
