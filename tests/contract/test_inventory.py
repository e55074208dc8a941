"""The inventory cache in a folder and in S3: one contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moto.server import ThreadedMotoServer

from byocplan.errors import ByocplanError
from byocplan.state import Inventory, LocalInventory
from byocplan.state.inventory import SETTLED, S3Inventory
from tests.support.states import make_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["local", "s3"])
def inventory(request: pytest.FixtureRequest, tmp_path: Path) -> Inventory:
    if request.param == "local":
        return LocalInventory(tmp_path / ".byocplan" / "inventory")
    return S3Inventory(make_store(request.getfixturevalue("moto_url")))


def write(folder: Path, content: bytes) -> Path:
    path = folder / "made"
    path.write_bytes(content)
    return path


def test_what_is_stored_last_is_fetched(inventory: Inventory, tmp_path: Path) -> None:
    inventory.store("id-1", write(tmp_path, b"old"))
    inventory.store("id-1", write(tmp_path, b"new" * 1_000_000))
    inventory.store("id-2", write(tmp_path, b"other"))

    was_there = inventory.fetch("id-1", tmp_path / "copy")

    assert was_there
    assert (tmp_path / "copy").read_bytes() == b"new" * 1_000_000


def test_settled_records_lie_beside_the_inventory(moto_url: str, tmp_path: Path) -> None:
    store = make_store(moto_url)
    inventory, settled = S3Inventory(store), S3Inventory(store, SETTLED)
    inventory.store("id-1", write(tmp_path, b"listed"))
    settled.store("id-1", write(tmp_path, b"as desired"))
    inventory.remove("id-1")

    assert not inventory.fetch("id-1", tmp_path / "copy")
    assert settled.fetch("id-1", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"as desired"


def test_what_is_removed_or_was_never_there_is_not_fetched(inventory: Inventory, tmp_path: Path) -> None:
    inventory.store("id-1", write(tmp_path, b"x"))
    inventory.remove("id-1")
    inventory.remove("id-1")

    assert not inventory.fetch("id-1", tmp_path / "copy")


@pytest.mark.parametrize("hostile", ["../id", "a/b", "", "x" * 200])
def test_what_is_no_id_becomes_no_path(inventory: Inventory, hostile: str, tmp_path: Path) -> None:
    made = write(tmp_path, b"x")

    with pytest.raises(ByocplanError, match="no id"):
        inventory.store(hostile, made)
    with pytest.raises(ByocplanError, match="no id"):
        inventory.fetch(hostile, tmp_path / "copy")


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    inventory = LocalInventory(tmp_path / ".byocplan" / "inventory")
    inventory.store("id-1", write(tmp_path, b"x"))
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    kept = inventory.folder / "id-1.parquet"
    kept.unlink()
    kept.symlink_to(secret)

    was_there = inventory.fetch("id-1", tmp_path / "copy")
    inventory.store("id-1", write(tmp_path, b"new"))

    assert not was_there
    assert secret.read_bytes() == b"secret"
    assert kept.read_bytes() == b"new"


def test_a_folder_in_place_of_the_file_counts_as_none(tmp_path: Path) -> None:
    inventory = LocalInventory(tmp_path / ".byocplan" / "inventory")
    (inventory.folder / "id-1.parquet").mkdir(parents=True)

    assert not inventory.fetch("id-1", tmp_path / "copy")


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / ".byocplan").write_bytes(b"in the way")
    inventory = LocalInventory(tmp_path / ".byocplan" / "inventory")

    with pytest.raises(ByocplanError, match="cannot be"):
        inventory.store("id-1", write(tmp_path, b"x"))
