"""What the emulator remembers: collections and tiles in SQLite. In: rows. Out: rows."""
