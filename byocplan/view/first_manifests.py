"""A first project and a first collection in, commented YAML and a summary out. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from byocplan.view.clean import clean
from byocplan.view.words import format_count, format_rest
from byocplan.view.yaml_scalar import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from byocplan.model.band import Band

MAX_SHAPES, MAX_BANDS = 10, 40

PROJECT = """\
# What all collections below this folder share.
apiVersion: byocplan/v1
kind: Project
metadata: {{name: {name}}}
spec:
  # Where Sentinel Hub runs: aws-eu-central-1, aws-us-west-2, cdse or creodias. Buckets on AWS lie in the same region.
  deployment: aws-eu-central-1
  # Bindings are kept in byocplan.lock.yaml beside this file (commit it), or in S3 where several people or CI apply:
  # state: s3://team-state/byocplan
  # What blocks a plan until it is acked:
  # rails: {{maxDeletePercent: 10, maxDeletes: 1000}}
"""

EXAMPLE = """\
#
# A collection goes into a file of its own, or below a line `---`. `byocplan init s3://bucket/prefix` writes one for
# what lies in a bucket, `byocplan export --all` for what is live.
#
# apiVersion: byocplan/v1
# kind: Collection
# metadata: {name: mosaic}                   # its address is collection/mosaic
# spec:
#   s3Bucket: my-bucket
#   tiles:
#     - pattern: "{year}/{month}/{day}/{grid}/(BAND).tif"
"""


@dataclass(frozen=True, slots=True)
class FirstSource:
    """A pattern, how many tiles of the sample it takes, one of them, and whether it tells their time."""

    pattern: str
    tiles: int
    example: str
    has_time: bool


@dataclass(frozen=True, slots=True)
class FirstCollection:
    """What is known of a bucket from a sample of its keys.

    ``seen`` counts tiles by the texts they have for ``(BAND)``, ``whole`` those that lack none; ``bands`` are what the
    files of these texts hold, so far as ``obstacle`` let them be read. ``left`` counts keys.
    """

    name: str
    bucket: str
    keys: int
    sources: Sequence[FirstSource]
    seen: Mapping[str, int]
    left: Mapping[str, int]
    whole: int = 0
    bands: Mapping[str, Sequence[Band]] = field(default_factory=dict)
    obstacle: str = ""

    @property
    def tiles(self) -> int:
        """How many tiles of the sample the sources take."""
        return sum(source.tiles for source in self.sources)


def render_first_project(name: str, *, with_example: bool) -> str:
    """Return a Project document with comments."""
    return PROJECT.format(name=write_text(name)) + (EXAMPLE if with_example else "")


def render_first_collection(first: FirstCollection) -> str:
    """Return a Collection document with comments on what was seen."""
    lines = [
        f"# Made from a sample of {format_count(first.keys, 'key')} of s3://{clean(first.bucket)}; look it over.",
        "apiVersion: byocplan/v1",
        "kind: Collection",
        f"metadata: {{name: {write_text(first.name)}}}",
        "spec:",
        f"  s3Bucket: {write_text(first.bucket)}",
        *(f"  {line}" for line in _list_bands(first)),
        "  tiles:",
    ]
    for source in first.sources:
        lines.append(f"    # {format_count(source.tiles, 'tile')} of the sample, such as {clean(source.example)}")
        lines.append(f"    - pattern: {write_text(source.pattern)}")
        if not source.has_time:
            lines.append("      sensingTime: null        # no time was found in the paths")
    lines += [f"  # Not taken: {line}" for line in _list_left(first.left)]
    return "".join(f"{line}\n" for line in lines)


def render_first_summary(first: FirstCollection) -> str:
    """Return what the patterns take of the sample and what they leave."""
    lines = [f"s3://{clean(first.bucket)}: a sample of {format_count(first.keys, 'key')}"]
    for source in first.sources:
        lines.append(f"  {format_count(source.tiles, 'tile')}  {clean(source.pattern)}")
        lines.append(f"    such as {clean(source.example)}")
    lines += [f"  {line}" for line in _tell_bands(first)]
    lines += [f"  not taken  {line}" for line in _list_left(first.left)]
    return "".join(f"{line}\n" for line in lines)


def _tell_bands(first: FirstCollection) -> list[str]:
    if not first.seen:
        return []
    names = [band.name for text in first.seen for band in first.bands.get(text, ())]
    shown = (list(first.seen) if first.obstacle else names)[:MAX_BANDS]
    lines = [f"bands  {', '.join(clean(name) for name in shown)}"]
    if first.obstacle:
        return [*lines, f"bands are left as a comment, for you to write: {clean(first.obstacle)}"]
    if not first.whole:
        mend = "remove bands from the manifest, or part its patterns into several collections"
        lines.append(f"incomplete  no tile of the sample has all bands, so none would be created: {mend}")
    elif first.whole < first.tiles:
        partial = format_count(first.tiles - first.whole, "tile")
        lines.append(
            f"incomplete  {partial} of the sample without all bands; such tiles are created once all files are there"
        )
    return lines


def _list_bands(first: FirstCollection) -> list[str]:
    """Return ``bands:``, as a comment where not all of it is known."""
    if not first.seen:
        return []
    if not first.obstacle:
        head = (
            "# As one file of each has them. A tile that lacks one is incomplete and waits; remove what tiles may lack."
        )
        return [head, "bands:", *(f"  {line}" for text in first.seen for line in _write_bands(first, text))]
    lines = [
        "# Write bands here: without, the tile that is ingested first settles them for good. They could not be read:",
        f"# {clean(first.obstacle)}",
        "# bands:",
    ]
    shown = list(first.seen)[:MAX_BANDS]
    lines += [f"#   {line}" for text in shown for line in _write_bands(first, text)]
    return lines + [f"#   {line}" for line in format_rest(len(first.seen), len(shown), "band")]


def _write_bands(first: FirstCollection, text: str) -> Iterator[str]:
    """Yield an entry for each band of the files of a text; one that has to be completed where they were not read."""
    count = f"in {first.seen[text]:,} of {format_count(first.tiles, 'tile')}"
    for band in first.bands.get(text, ()):
        place = f"source: {write_text(text)}, bandIndex: {band.band_index}, " if band.source else ""
        kind = f"bitDepth: {band.bit_depth}, sampleFormat: {band.sample_format}"
        yield f"{write_text(band.name)}: {{{place}{kind}}}    # {count}"
    if text not in first.bands:
        yield f"{write_text(text)}: {{bitDepth: 8|16|32, sampleFormat: UINT|INT|FLOAT}}    # {count}"


def _list_left(left: Mapping[str, int]) -> list[str]:
    shown = list(left.items())[:MAX_SHAPES]
    lines = [f"{format_count(count, 'key')} like {clean(shape)}" for shape, count in shown]
    return lines + format_rest(len(left), len(shown), "shape")
