"""The lease: one holder at a time, freed by the end of its process."""

import subprocess
import sys
from pathlib import Path

import pytest

from byocplan.errors import LeaseHeldError, StateError
from byocplan.state.lease import hold_lease
from byocplan.state.local import LocalState
from byocplan.state.state import LeaseTerms

HOLD = """
import sys, time
from pathlib import Path
from byocplan.state.lease import hold_lease
with hold_lease(Path(sys.argv[1]), "run-of-another"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_apply_is_told_who_holds_the_lease(tmp_path: Path) -> None:
    state = LocalState(tmp_path, "mosaics", "http://127.0.0.1")

    with state.lease("run-1"), pytest.raises(LeaseHeldError, match="run run-1") as refused, state.lease("run-2"):
        pass

    assert refused.value.exit_code == 8
    assert refused.value.since.endswith("Z")


def test_the_lease_is_free_again_after_its_block(tmp_path: Path) -> None:
    state = LocalState(tmp_path, "mosaics", "http://127.0.0.1")

    with pytest.raises(ZeroDivisionError), state.lease("run-1"):
        raise ZeroDivisionError
    with state.lease("run-2"):
        pass


def test_the_death_of_its_holder_frees_the_lease(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LeaseHeldError, match=f"process {holder.pid} .*run-of-another"), hold_lease(path, "mine"):
            pass

        holder.kill()
        holder.wait()

    with hold_lease(path, "mine"):
        assert '"id": "mine"' in path.read_text()


def test_a_lease_of_unreadable_text_is_still_a_lease(tmp_path: Path) -> None:
    path = tmp_path / "lease"

    with hold_lease(path, "first"):
        path.write_text("{half")
        with pytest.raises(LeaseHeldError, match="unknown process"), hold_lease(path, "second"):
            pass


def test_a_holder_that_writes_its_name_late_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lease"

    with hold_lease(path, "first"):
        named = path.read_text()
        path.write_text("")

        def write_name(_seconds: float) -> None:
            path.write_text(named)

        with (
            pytest.raises(LeaseHeldError, match="run first"),
            hold_lease(path, "second", LeaseTerms(sleep=write_name)),
        ):
            pass


def test_a_link_in_place_of_the_lease_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "lease").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StateError, match="cannot be opened"), hold_lease(tmp_path / "lease", "run"):
        pass

    assert not (tmp_path / "elsewhere").exists()
