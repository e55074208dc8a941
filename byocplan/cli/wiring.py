"""Puts the parts together: what stands behind the bucket, the service and the state of a run. Reads the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byocplan.discovery.listing import Bucket
    from byocplan.model.collection import Collection


def open_bucket(collection: Collection) -> Bucket:
    """Return the collection's bucket on S3; sends nothing yet."""
    from byocplan.discovery.s3_bucket import make_s3_bucket

    return make_s3_bucket(collection.s3_bucket, collection.s3)
