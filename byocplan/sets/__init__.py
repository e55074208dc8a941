"""Tile sets as columns: build, compare, group, sample, digest. The one place that knows the columnar engine."""
