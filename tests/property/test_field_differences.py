"""deepdiff as the judge of field differences: the planner sees a change in exactly the fields where deepdiff does."""

from typing import Any

from deepdiff import DeepDiff
from hypothesis import given, settings
from hypothesis import strategies as st

from byocplan.model.address import make_address
from byocplan.model.band import Band, LiveBand
from byocplan.model.collection import Collection, LiveCollection
from byocplan.planner import compare_collection
from byocplan.planner.bands import encode_band

NAMES = st.sampled_from(["B1", "B2", "B3"])
NUMBERS = st.sampled_from([None, 0.0, 7.0])
LIVE_BANDS = st.dictionaries(
    NAMES, st.tuples(st.sampled_from(["a", "b"]), st.integers(1, 2), st.sampled_from([8, 16]), NUMBERS), max_size=3
)
WANTED_BANDS = st.dictionaries(
    NAMES,
    st.tuples(st.sampled_from([None, "a", "b"]), st.sampled_from([None, 1, 2]), st.sampled_from([8, 16])),
    max_size=3,
)
COLLECTIONS = st.tuples(st.sampled_from(["x", "y"]), st.sampled_from(["one", "two"]), WANTED_BANDS)


def make_live(name: str, bucket: str, bands: dict[str, tuple[str, int, int, float | None]]) -> LiveCollection:
    made = {
        key: LiveBand(key, source, index, depth, "UINT", no_data)
        for key, (source, index, depth, no_data) in bands.items()
    }
    return LiveCollection("id", name, bucket, bands=made)


def make_desired(name: str, bucket: str, bands: dict[str, tuple[str | None, int | None, int]]) -> Collection:
    made = {key: Band(key, source, index, depth, "UINT") for key, (source, index, depth) in bands.items()}
    return Collection(make_address("c"), name, bucket, bands=made)


def encode(name: str, bucket: str, bands: Any) -> dict[str, Any]:
    return {"name": name, "s3Bucket": bucket, "bands": {key: encode_band(band) for key, band in bands.items()}}


def get_places(path: list[Any]) -> str:
    """Return ``name`` or ``bands.B1``: a change within a band counts as one of the band."""
    return ".".join(str(step) for step in path[:2])


@given(COLLECTIONS, st.sampled_from(["x", "y"]), st.sampled_from(["one", "two"]), LIVE_BANDS)
@settings(max_examples=150, deadline=None)
def test_a_field_differs_exactly_where_deepdiff_sees_a_difference(
    wanted: Any, name: str, bucket: str, bands: Any
) -> None:
    live, desired = make_live(name, bucket, bands), make_desired(*wanted)

    compared = compare_collection(desired, live, has_tiles=True)

    payload = compared.payload
    before = encode(live.name, live.s3_bucket, live.bands)
    after = encode(payload.name, payload.s3_bucket, payload.bands or {})
    tree = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0)
    judged = {get_places(level.path(output_format="list")) for kind in tree.values() for level in kind}
    assert {".".join(change.path.split(".")[:2]) for change in compared.fields} == judged
