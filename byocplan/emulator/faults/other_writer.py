"""Another client of the same collection: it creates, deletes, changes and has ingested again. Touches the store."""

from datetime import UTC, datetime, timedelta
from random import Random

from byocplan.emulator.errors import ApiError
from byocplan.emulator.faults.fault import OtherWrite
from byocplan.emulator.service import tiles
from byocplan.emulator.state import EmulatorState
from byocplan.emulator.store.collections import Collection, find_collection
from byocplan.emulator.store.tiles import TileRow, read_tiles

FIRST_DAY = datetime(2016, 1, 1, tzinfo=UTC)
DAYS = 3000
FEW = 1000


def write_as_other(state: EmulatorState, collection_id: str, writes: tuple[OtherWrite, ...], rng: Random) -> None:
    """Carry out the writes as the collection's own account would; those that the service refuses are passed over."""
    collection = find_collection(state.database, collection_id)
    if collection is None:
        return
    for write in writes:
        for path in choose_paths(state, collection, write, rng):
            try:
                write_one(state, collection, write, path, rng)
            except ApiError:
                continue


def choose_paths(state: EmulatorState, collection: Collection, write: OtherWrite, rng: Random) -> list[str]:
    """Return the paths that are written: the one that was given, new ones, or ones drawn from those that are there."""
    if write.path is not None:
        return [write.path]
    if write.kind == "create":
        return [f"other/{rng.getrandbits(48):012x}/(BAND).tif" for _ in range(write.count)]
    return draw_paths(state, collection.cid, write.count, rng)


def draw_paths(state: EmulatorState, cid: int, count: int, rng: Random) -> list[str]:
    """Return paths drawn from a collection: among all of a small one, among all positions of one too large to read."""
    statement = "SELECT path FROM tile WHERE cid = ? ORDER BY path LIMIT ?"
    rows = state.database.read_all(statement, (cid, FEW + 1))
    if len(rows) <= FEW:
        return rng.sample([str(path) for (path,) in rows], min(count, len(rows)))
    ends = "SELECT (SELECT min(seq) FROM tile WHERE cid = ?), (SELECT max(seq) FROM tile WHERE cid = ?)"
    ((first, last),) = state.database.read_all(ends, (cid, cid))
    following = "SELECT path FROM tile WHERE cid = ? AND seq >= ? ORDER BY seq LIMIT 1"
    drawn = (rng.randint(int(str(first)), int(str(last))) for _ in range(count))
    return list({str(state.database.read_all(following, (cid, seq))[0][0]): None for seq in drawn})


def find_tile(state: EmulatorState, collection: Collection, path: str) -> TileRow:
    """Return the tile with a path; raises the 404."""
    rows = read_tiles(state.database, "WHERE cid = ? AND path = ? LIMIT 1", (collection.cid, path))
    if not rows:
        raise ApiError(404, f"Tile {path} was not found.")
    return rows[0]


def write_one(state: EmulatorState, collection: Collection, write: OtherWrite, path: str, rng: Random) -> None:
    """Carry out one write."""
    moment = (FIRST_DAY + timedelta(days=rng.randrange(DAYS))).isoformat()
    if write.kind == "create":
        tiles.create_tile(state, collection.account, collection.id, {"path": path, "sensingTime": moment})
        return
    identity = str(tiles.decode_row_id(find_tile(state, collection, path)))
    if write.kind == "delete":
        tiles.delete_tile(state, collection.account, collection.id, identity)
    elif write.kind == "change":
        tiles.update_tile(state, collection.account, collection.id, identity, {"sensingTime": moment})
    else:
        tiles.reingest_tile(state, collection.account, collection.id, identity)
