"""The manifests of the demo, as a person would write them. Pure."""

from __future__ import annotations

PROJECT = """\
apiVersion: byocplan/v1
kind: Project
metadata: {name: demo}
"""

COLLECTION = """\
apiVersion: byocplan/v1
kind: Collection
metadata: {name: s2-mosaic-120m}
spec:
  name: Sentinel-2 L2A mosaic 120 m
  s3Bucket: sentinel-s2-l2a-mosaic-120
  noData: 0
  bands:
    B02: {bitDepth: 16, sampleFormat: UINT}
    B03: {bitDepth: 16, sampleFormat: UINT}
    B04: {bitDepth: 16, sampleFormat: UINT}
    B08: {bitDepth: 16, sampleFormat: UINT}
    B11: {bitDepth: 16, sampleFormat: UINT}
    B12: {bitDepth: 16, sampleFormat: UINT}
    dataMask: {bitDepth: 8, sampleFormat: UINT}
  tiles:
    - pattern: "{year}/{month}/{day}/{grid}/(BAND).tif"
"""

RENAMED = "Sentinel-2 global mosaic 120 m"
