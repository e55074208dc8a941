"""Ingestion: the files of a tile on an S3 endpoint in; geometry, bands and verdict out."""
