"""Reports in HTML: one file that opens from disk and asks no host for anything."""
