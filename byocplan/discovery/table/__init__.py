"""Tiles listed in a file: CSV, TSV, GeoJSON or (Geo)Parquet in, checked rows out. Reads that file."""

from byocplan.discovery.table.checks import TableRow
from byocplan.discovery.table.read import MAX_ROWS, TableReader, check_tables

__all__ = ["MAX_ROWS", "TableReader", "TableRow", "check_tables"]
