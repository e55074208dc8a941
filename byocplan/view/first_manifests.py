"""A first project and a first collection in, commented YAML and a summary out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from byocplan.view.clean import clean
from byocplan.view.words import format_count, format_rest
from byocplan.view.yaml_scalar import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    """What is known of a bucket from a sample of its keys. ``bands`` and ``left`` count tiles and keys."""

    name: str
    bucket: str
    keys: int
    sources: Sequence[FirstSource]
    bands: Mapping[str, int]
    left: Mapping[str, int]


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
    if first.bands:
        names = ", ".join(clean(name) for name in list(first.bands)[:MAX_BANDS])
        lines.append(f"  bands  {names}")
    lines += [f"  not taken  {line}" for line in _list_left(first.left)]
    return "".join(f"{line}\n" for line in lines)


def _list_bands(first: FirstCollection) -> list[str]:
    if not first.bands:
        return []
    tiles = sum(source.tiles for source in first.sources)
    lines = ["# Without bands, the first ingested tile configures them. To choose: say how the files are made."]
    lines.append("# bands:")
    for name, count in list(first.bands.items())[:MAX_BANDS]:
        lines.append(
            f"#   {write_text(name)}: {{bitDepth: 16, sampleFormat: UINT}}    # in {count:,} of {tiles:,} tiles"
        )
    return lines


def _list_left(left: Mapping[str, int]) -> list[str]:
    shown = list(left.items())[:MAX_SHAPES]
    lines = [f"{format_count(count, 'key')} like {clean(shape)}" for shape, count in shown]
    return lines + format_rest(len(left), len(shown), "shape")
