"""How a tile walks WAITING, QUEUED, INGESTING to its end: at once, by reads, or by time. Touches the store."""

import threading
from collections.abc import Sequence

from byocplan.emulator.ingest.batch import ingest_batch
from byocplan.emulator.state import EmulatorState
from byocplan.emulator.store import again
from byocplan.emulator.store.tiles import PENDING, TileRow, read_tiles, update_tile

#: Tiles ingested in one go. Listings are shared within a batch, so it is larger when files are not read.
FULL_BATCH, LISTED_BATCH = 200, 5_000
TICK_S = 0.02
#: After how many thirds of the time a tile gets which status from which.
STEPS = ((1, "QUEUED", "('WAITING')"), (2, "INGESTING", "('WAITING', 'QUEUED')"))
#: Left to itself SQLite may look through every tile for the pending ones.
BY_PENDING = "INDEXED BY tile_pending"
IS_PENDING = "status IN ('WAITING', 'QUEUED', 'INGESTING')"


def count_reads(state: EmulatorState, tiles: Sequence[TileRow]) -> None:
    """Count that pending tiles were shown; every N reads move one a step, and the last ones ingest it."""
    reads = state.pace.reads
    if reads is None:
        return
    pending = [tile for tile in tiles if tile.status in PENDING]
    unseen = again.find_again(state.database, [tile.seq for tile in tiles])
    if not pending and not unseen:
        return
    ready = [tile for tile in (*pending, *unseen) if (tile.reads + 1) // reads >= len(PENDING)]
    with state.database.transaction():
        for tile in pending:
            status = PENDING[min((tile.reads + 1) // reads, len(PENDING) - 1)]
            update_tile(state.database, tile.seq, {"reads": tile.reads + 1, "status": status})
        for tile in unseen:
            again.count_read(state.database, tile.seq)
    if ready:
        ingest_batch(state, ready)


def get_batch_size(state: EmulatorState) -> int:
    """Return how many tiles to ingest in one go."""
    return FULL_BATCH if state.settings.check == "full" else LISTED_BATCH


def step_by_time(state: EmulatorState, seconds: float) -> None:
    """Move tiles that have waited a third, two thirds and all of the time; ingest a batch of the last."""
    now_us = state.clock.now_us()
    with state.database.transaction() as connection:
        for third, status, before in STEPS:
            connection.execute(
                f"UPDATE tile {BY_PENDING} SET status = ? "  # noqa: S608
                f"WHERE {IS_PENDING} AND status IN {before} AND started_us <= ?",
                (status, now_us - round(seconds * third / 3 * 1_000_000)),
            )
    limits = now_us - round(seconds * 1_000_000), get_batch_size(state)
    waiting = read_tiles(state.database, f"WHERE {IS_PENDING} AND started_us <= ? ORDER BY seq LIMIT ?", limits)
    unseen = again.read_again(state.database, "WHERE again.started_us <= ? ORDER BY seq LIMIT ?", limits)
    if waiting or unseen:
        ingest_batch(state, waiting + unseen)


def step_at_once(state: EmulatorState) -> None:
    """Ingest a batch of whatever is pending."""
    limits = (get_batch_size(state),)
    waiting = read_tiles(state.database, f"WHERE {IS_PENDING} ORDER BY seq LIMIT ?", limits)
    unseen = again.read_again(state.database, "ORDER BY seq LIMIT ?", limits)
    if waiting or unseen:
        ingest_batch(state, waiting + unseen)


def has_pending(state: EmulatorState) -> bool:
    """Return whether any tile has not ended."""
    found = state.database.read_all(f"SELECT 1 FROM tile {BY_PENDING} WHERE {IS_PENDING} LIMIT 1")  # noqa: S608
    return bool(found or again.read_again(state.database, "LIMIT 1", ()))


def step(state: EmulatorState) -> bool:
    """Do what is due; return whether tiles are still pending."""
    if state.pace.seconds is not None:
        step_by_time(state, state.pace.seconds)
    elif state.pace.is_now:
        step_at_once(state)
    return has_pending(state)


def run_worker(state: EmulatorState, stopping: threading.Event) -> None:
    """Ingest until told to stop. The body of the worker thread."""
    while not stopping.is_set():
        state.work.clear()
        pending = step(state)
        if pending and state.pace.seconds is not None:
            state.work.wait(TICK_S)
        elif not pending or state.pace.reads is not None:
            state.work.wait()
