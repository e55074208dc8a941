"""Tiles that are ingested again while they go on showing how they ended before (``reingest-status=keep``).

One row a tile, besides its row in ``tile``, until the new ingestion has ended: lists never look here. Touches the
database.
"""

from collections.abc import Sequence

from byocplan.emulator.store.database import Database
from byocplan.emulator.store.tiles import TileRow, decode_rows

OWN = {"started_us", "reads"}
COLUMNS = ", ".join(f"{'again' if name in OWN else 'tile'}.{name}" for name in TileRow._fields)


def begin(database: Database, tile: TileRow, started_us: int) -> None:
    """Note that a tile is ingested again from now on; what was noted of it before is forgotten."""
    with database.transaction() as connection:
        row = (tile.seq, tile.cid, started_us)
        connection.execute("INSERT OR REPLACE INTO again (seq, cid, started_us) VALUES (?, ?, ?)", row)


def forget(database: Database, seq: int) -> None:
    """Forget a tile: its ingestion has ended, or goes on in another way."""
    with database.transaction() as connection:
        connection.execute("DELETE FROM again WHERE seq = ?", (seq,))


def count_read(database: Database, seq: int) -> None:
    """Count that a tile was shown."""
    with database.transaction() as connection:
        connection.execute("UPDATE again SET reads = reads + 1 WHERE seq = ?", (seq,))


def read_again(database: Database, where: str, values: tuple[object, ...]) -> list[TileRow]:
    """Return tiles that are ingested again; start and reads are those of the new ingestion, all else is as shown."""
    statement = f"SELECT {COLUMNS} FROM again CROSS JOIN tile USING (seq) {where}"  # noqa: S608
    return decode_rows(database.read_all(statement, values))


def find_again(database: Database, seqs: Sequence[int]) -> list[TileRow]:
    """Return those of these tiles that are ingested again."""
    return read_again(database, f"WHERE seq IN ({', '.join('?' * len(seqs))})", tuple(seqs))
