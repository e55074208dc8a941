"""The emulator over plain HTTP: status codes, envelopes, paging, errors, lenient input, both prefixes."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.support.cogs import make_cog
from tests.support.service import Service

if TYPE_CHECKING:
    from byocplan.emulator import Emulator

NOWHERE = "00000000-0000-4000-8000-000000000000"
WIRE_COLLECTION: dict[str, Any] = {
    "name": "n", "s3Bucket": "bk", "additionalData": None, "id": None, "userId": None, "created": None, "noData": None,
    "otherData": {},
}  # fmt: skip
SQUARE = {"type": "Polygon", "coordinates": [[[15.0, 46.9], [15.05, 46.9], [15.05, 46.95], [15.0, 46.9]]]}


def seed(service: Service, count: int) -> str:
    answer = service.admin("POST", "/seed", {"collections": [{"name": "s", "s3Bucket": "seeds", "synthetic": count}]})
    return str(answer["collections"][0]["id"])


def make_ring(points: int) -> dict[str, Any]:
    ring = [[15 + number / 1000, 46.0 + (number % 2) / 1000] for number in range(points - 1)]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


@pytest.mark.parametrize("prefix", ["/api/v1/byoc", "/byoc/v1"])
def test_the_twelve_operations_answer_with_their_documented_codes_under_both_prefixes(
    emulator: Emulator, prefix: str
) -> None:
    with Service(emulator, prefix=prefix) as service:
        one, two = service.create_collection("twelve"), service.create_collection("twelve")
        tile = service.create_tile(one, "a/(BAND).tif")
        service.wait(one, tile)
        calls: list[tuple[str, str, object]] = [
            ("GET", "/collections", None),
            ("GET", f"/collections/{one}", None),
            ("PUT", f"/collections/{one}", {"name": "m", "s3Bucket": "twelve"}),
            ("GET", f"/collections/{one}/tiles", None),
            ("GET", f"/collections/{one}/tiles/{tile}", None),
            ("PUT", f"/collections/{one}/tiles/{tile}", {"sensingTime": None}),
            ("POST", f"/collections/{one}/tiles/{tile}/reingest", None),
            ("POST", f"/collections/{one}/copyTiles?toCollection={two}", None),
            ("DELETE", f"/collections/{one}/tiles/{tile}", None),
            ("DELETE", f"/collections/{one}", None),
        ]

        answers = [service.call(method, path, body) for method, path, body in calls]

    assert [each.status_code for each in answers] == [200, 200, 204, 200, 200, 204, 204, 204, 204, 204]
    assert all(each.content == b"" for each in answers if each.status_code == 204)


def test_the_global_list_tells_where_collections_are(service: Service) -> None:
    one, two = service.create_collection("here"), service.create_collection("there")

    everything = service.call("GET", "/global").json()["data"]
    chosen = service.call("GET", f"/global/?ids={two},{NOWHERE}").json()["data"]
    single = service.call("GET", f"/global/{one}")

    assert [each["id"] for each in everything] == [one, two]
    assert [each["s3Bucket"] for each in chosen] == ["there"]
    assert single.json()["data"]["location"] == "aws-eu-central-1"
    assert service.call("GET", f"/global/{NOWHERE}").status_code == 404


@pytest.mark.parametrize("path", ["/oauth/token", "/auth/realms/CDSE/protocol/openid-connect/token"])
def test_every_token_endpoint_gives_a_decodable_token(emulator: Emulator, path: str) -> None:
    form = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "p&=+%"}

    answer = requests.post(emulator.base_url + path, data=form, timeout=5).json()

    body = answer["access_token"].split(".")[1]
    claims = json.loads(base64.b64decode(body + "=" * (-len(body) % 4)))
    assert claims["azp"] == "me"
    assert answer["expires_in"] == 3599
    assert claims["exp"] - claims["iat"] == 3599


def test_wrong_token_requests_are_refused(emulator: Emulator) -> None:
    grants = [{"grant_type": "password"}, {"grant_type": "client_credentials", "client_id": "me"}]

    answers = [requests.post(emulator.token_url, data=form, timeout=5) for form in grants]

    assert [each.status_code for each in answers] == [400, 401]
    assert [each.json()["error"] for each in answers] == ["unsupported_grant_type", "invalid_client"]


@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Bearer a.b.c", "Basic YTpi"])
def test_a_request_without_a_valid_token_gets_a_401_without_a_body(service: Service, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}

    answer = requests.get(f"{service.base}/byoc/v1/collections", headers=headers, timeout=5)

    assert (answer.status_code, answer.content) == (401, b"")


def test_a_token_expires_by_the_clock_and_on_demand(service: Service) -> None:
    service.admin("POST", "/expire-tokens", {})
    revoked = service.call("GET", "/collections").status_code
    service.session.headers["Authorization"] = f"Bearer {service.fetch_token()}"
    fresh = service.call("GET", "/collections").status_code
    service.admin("POST", "/clock", {"advance_s": 3600})

    expired = service.call("GET", "/collections").status_code

    assert (revoked, fresh, expired) == (401, 200, 401)


def test_a_collection_of_another_account_gets_a_403_without_a_body(emulator: Emulator, service: Service) -> None:
    collection = service.create_collection()
    with Service(emulator, client_id="somebody-else") as other:
        answer = other.call("GET", f"/collections/{collection}")
        listed = other.call("GET", "/collections").json()["data"]

    assert (answer.status_code, answer.content) == (403, b"")
    assert listed == []


def test_pages_are_followed_by_link_and_by_token_and_back(service: Service) -> None:
    collection = seed(service, 25)
    query = f"/collections/{collection}/tiles?count=10&sort=path%3Adesc&status=%22INGESTED%22"

    first = service.call("GET", query).json()
    second = service.session.get(first["links"]["next"], timeout=5).json()
    third = service.call("GET", f"{query}&viewtoken={second['links']['nextToken']}").json()
    back = service.session.get(third["links"]["previous"], timeout=5).json()
    start = service.session.get(back["links"]["previous"], timeout=5).json()

    paths = [tile["path"] for page in (first, second, third) for tile in page["data"]]
    assert paths == sorted(paths, reverse=True)
    assert len(set(paths)) == 25
    assert "previous" not in first["links"]
    assert {"next", "nextToken"}.isdisjoint(third["links"])
    assert "status=%22INGESTED%22" in first["links"]["next"]
    assert back["data"] == second["data"]
    assert start["data"] == first["data"]


def test_a_page_holds_a_hundred_unless_asked_for_fewer(service: Service) -> None:
    collection = seed(service, 101)

    page = service.call("GET", f"/collections/{collection}/tiles").json()

    assert len(page["data"]) == 100
    assert list(page["links"]) == ["currentToken", "@id", "nextToken", "next"]


def test_collections_are_paged_and_searched(service: Service) -> None:
    ids = [service.create_collection(name=name) for name in ("red one", "blue one", "red two")]

    first = service.call("GET", "/collections?count=2").json()
    second = service.session.get(first["links"]["next"], timeout=5).json()
    found = service.call("GET", "/collections", params={"search": "red&two|blue"}).json()["data"]

    assert [each["id"] for each in first["data"] + second["data"]] == ids
    assert second["links"]["previousToken"] == "0"
    assert [each["name"] for each in found] == ["blue one", "red two"]


@pytest.mark.parametrize(
    "query",
    ["count=0", "count=101", "count=x", "sort=name:asc", "status=DONE", "viewtoken=%C3%A9", "viewtoken=e30"],
)
def test_a_wrong_query_gets_a_400_that_names_the_parameter(service: Service, query: str) -> None:
    collection = service.create_collection()

    answer = service.call("GET", f"/collections/{collection}/tiles?{query}")

    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["status"], error["reason"], error["code"]) == (400, "Bad Request", "COMMON_BAD_PAYLOAD")
    assert error["errors"][0]["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize("status", ["FAILED", '"FAILED"'])
def test_the_status_filter_is_taken_bare_or_quoted(service: Service, status: str) -> None:
    collection = service.create_collection("no-such-bucket")
    tile = service.ingest(collection, "a/(BAND).tif")

    found = service.call("GET", f"/collections/{collection}/tiles", params={"status": status}).json()["data"]

    assert found == [tile]
    assert tile["additionalData"]["failedIngestionCause"] == "bucket: no-such-bucket does not exist."


def test_an_unknown_thing_gets_a_wrapped_404(service: Service) -> None:
    collection = service.create_collection()
    paths = [f"/collections/{NOWHERE}", "/collections/x", f"/collections/{collection}/tiles/{NOWHERE}", "/nothing"]

    answers = [service.call("GET", path) for path in paths]

    assert [each.status_code for each in answers] == [404] * 4
    assert {each.json()["error"]["code"] for each in answers} == {"COMMON_NOT_FOUND"}


def test_what_sentinelhub_py_sends_is_taken(service: Service) -> None:
    created = service.call("POST", "/collections", WIRE_COLLECTION)
    collection = created.json()["data"]["id"]
    updated = service.call("PUT", f"/collections/{collection}", created.json()["data"] | {"name": "changed"})

    assert created.status_code == 201
    assert "noData" not in created.json()["data"]
    assert updated.status_code == 204
    assert service.get_collection(collection)["name"] == "changed"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "Request body should be non-empty."),
        ("{", "Request body is not valid JSON."),
        ("[]", "Request body should be a JSON object."),
        ('{"s3Bucket": "b"}', "name: must not be null"),
        ('{"name": "n"}', "s3Bucket: must not be null"),
        ('{"name": "n", "s3Bucket": "b", "noData": NaN}', "Request body is not valid JSON."),
        ('{"name": "n", "s3Bucket": "b", "noData": "0"}', "noData: must be a number"),
        (
            '{"name": "n", "s3Bucket": "b", "additionalData": {"bands": {"R": {"bitDepth": 12}}}}',
            "additionalData.bands.R.bitDepth: must be one of 8, 16, 32",
        ),
        (
            '{"name": "n", "s3Bucket": "b", "noData": 0, "additionalData": {"bands": {"R": {"bitDepth": 8, "noData": 1}}}}',
            "noData: can be defined either per band or per collection, but not both",
        ),
    ],
)
def test_a_bad_collection_gets_a_400_with_its_reason(service: Service, body: str, message: str) -> None:
    answer = service.call("POST", "/collections", data=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == message


@pytest.mark.parametrize(
    "fields",
    [
        {"path": None},
        {"path": "/a"},
        {"path": "a/"},
        {"path": "a//b"},
        {"path": "a", "sensingTime": "yesterday"},
        {"path": "a", "sensingTime": 5},
        {"path": "a", "coverGeometry": {"type": "Point", "coordinates": [1, 2]}},
        {"path": "a", "coverGeometry": {"type": "Polygon", "coordinates": [[[1, 2], [2, 3], [1, 2]]]}},
        {"path": "a", "coverGeometry": SQUARE | {"crs": {"type": "name", "properties": {"name": "EPSG:999999"}}}},
        {"path": "a", "coverGeometry": make_ring(101)},
    ],
)
def test_a_bad_tile_gets_a_400(service: Service, fields: dict[str, Any]) -> None:
    collection = service.create_collection()

    answer = service.call("POST", f"/collections/{collection}/tiles", fields)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "COMMON_BAD_PAYLOAD"


def test_a_hundred_points_are_taken(service: Service) -> None:
    collection = service.create_collection()

    assert service.create_tile(collection, "a", coverGeometry=make_ring(100))


def test_a_second_tile_with_the_same_path_gets_a_409(service: Service) -> None:
    collection = service.create_collection()
    service.create_tile(collection, "a/(BAND).tif")

    answer = service.call("POST", f"/collections/{collection}/tiles", {"path": "a/(BAND).tif"})

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "COMMON_UNIQUE_KEY_VIOLATION"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2019-11-27T00:00:00Z", "2019-11-27T00:00:00Z"),
        ("2019-11-27T01:00:00+01:00", "2019-11-27T00:00:00Z"),
        ("2019-11-27T00:00:00", "2019-11-27T00:00:00Z"),
        ("2019-11-27T00:00:00.1Z", "2019-11-27T00:00:00.100Z"),
        ("2019-11-27T00:00:00.123456Z", "2019-11-27T00:00:00.123Z"),
        ("2019-11-27T00:00Z", "2019-11-27T00:00:00Z"),
        (None, None),
    ],
)
def test_a_sensing_time_is_shown_in_one_spelling(service: Service, sent: str | None, shown: str | None) -> None:
    collection = service.create_collection()

    tile = service.create_tile(collection, "a", sensingTime=sent)

    assert service.get_tile(collection, tile)["sensingTime"] == shown


def test_a_put_of_a_tile_resets_what_it_leaves_out(emulator: Emulator, service: Service) -> None:
    emulator.put_objects("resets", [("a/B1.tif", make_cog())])
    collection = service.create_collection("resets")
    tile = service.ingest(collection, "a/(BAND).tif", sensingTime="2020-01-01T00:00:00Z", coverGeometry=SQUARE)
    url = f"/collections/{collection}/tiles/{tile['id']}"

    both = service.call("PUT", url, {"sensingTime": "2021-01-01T00:00:00Z", "coverGeometry": tile["coverGeometry"]})
    kept = service.get_tile(collection, tile["id"])
    empty = service.call("PUT", url, {"path": "ignored"})
    reset = service.get_tile(collection, tile["id"])

    assert (both.status_code, empty.status_code) == (204, 204)
    assert kept["sensingTime"] == "2021-01-01T00:00:00Z"
    assert len(kept["coverGeometry"]["coordinates"][0]) == len(tile["coverGeometry"]["coordinates"][0]) == 4
    assert (reset["sensingTime"], reset["path"]) == (None, "a/(BAND).tif")
    box, cover = (reset[key]["coordinates"][0] for key in ("tileGeometry", "coverGeometry"))
    assert {tuple(point) for point in box} == {tuple(round(part, 3) for part in point) for point in cover}


def test_a_cover_geometry_reads_back_in_the_crs_of_the_tile_with_noise(emulator: Emulator, service: Service) -> None:
    emulator.put_objects("covers", [("a/B1.tif", make_cog())])
    collection = service.create_collection("covers")
    utm = [[500000.0, 5195000.0], [505000.0, 5195000.0], [505000.0, 5200000.0], [500000.0, 5195000.0]]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}}
    cover = {"type": "MultiPolygon", "crs": crs, "coordinates": [[utm]]}

    tile = service.ingest(collection, "a/(BAND).tif", coverGeometry=cover)

    back = tile["coverGeometry"]
    assert (back["type"], back["crs"]) == ("MultiPolygon", crs)
    assert back["coordinates"] != [[utm]]
    pairs = zip(back["coordinates"][0][0], utm, strict=True)
    assert all(abs(a - b) < 1e-4 for ours, theirs in pairs for a, b in zip(ours, theirs, strict=True))
    assert service.get_tile(collection, tile["id"]) == tile


def test_a_put_of_a_collection_deletes_no_data_and_keeps_bands(service: Service) -> None:
    bands = {"R": {"bitDepth": 8, "sampleFormat": "UINT", "source": "RGB", "bandIndex": 1}}
    collection = service.create_collection("puts", noData=0, additionalData={"bands": bands})

    answer = service.call("PUT", f"/collections/{collection}", {"name": "n", "s3Bucket": "puts"})

    assert answer.status_code == 204
    found = service.get_collection(collection)
    assert "noData" not in found
    assert found["additionalData"]["bands"] == bands


BANDS = {name: {"bitDepth": 16, "sampleFormat": "UINT", "source": name, "bandIndex": 1} for name in ("B1", "B2")}


@pytest.mark.parametrize(
    ("bands", "status"),
    [
        ({"renamed": BANDS["B1"], "B2": BANDS["B2"]}, 204),
        ({"B1": BANDS["B1"]}, 204),
        ({"B1": BANDS["B1"] | {"noData": 5}, "B2": BANDS["B2"]}, 204),
        (BANDS | {"B3": BANDS["B1"] | {"source": "B3"}}, 400),
        ({"B1": BANDS["B1"] | {"bitDepth": 8}, "B2": BANDS["B2"]}, 400),
        ({"B1": BANDS["B1"] | {"sampleFormat": "INT"}, "B2": BANDS["B2"]}, 400),
        ({"B1": BANDS["B1"], "again": BANDS["B1"], "B2": BANDS["B2"]}, 400),
        ({}, 400),
    ],
    ids=["rename", "remove", "noData", "add", "bit depth", "sample format", "twice", "all removed"],
)
def test_a_collection_with_tiles_allows_few_edits_of_bands(
    service: Service, bands: dict[str, Any], status: int
) -> None:
    collection = service.create_collection("edits", additionalData={"bands": BANDS})
    service.create_tile(collection, "a/(BAND).tif")
    payload = {"name": "n", "s3Bucket": "edits", "additionalData": {"bands": bands}}

    answer = service.call("PUT", f"/collections/{collection}", payload)

    assert answer.status_code == status
    assert service.get_collection(collection)["additionalData"]["bands"] == (bands if status == 204 else BANDS)


def test_the_bucket_changes_only_while_the_collection_is_empty(service: Service) -> None:
    collection = service.create_collection("first")
    empty = service.call("PUT", f"/collections/{collection}", {"name": "n", "s3Bucket": "second"})
    service.create_tile(collection, "a")

    filled = service.call("PUT", f"/collections/{collection}", {"name": "n", "s3Bucket": "third"})

    assert (empty.status_code, filled.status_code) == (204, 400)
    assert service.get_collection(collection)["s3Bucket"] == "second"


def test_deleting_a_collection_deletes_its_tiles(service: Service) -> None:
    collection = seed(service, 3)
    (tile, *_) = service.call("GET", f"/collections/{collection}/tiles").json()["data"]

    service.call("DELETE", f"/collections/{collection}")

    assert service.call("GET", f"/collections/{collection}/tiles").status_code == 404
    assert service.call("GET", f"/collections/{collection}/tiles/{tile['id']}").status_code == 404


def test_copying_needs_the_same_bands_and_skips_known_paths(service: Service) -> None:
    names = ("first", "second")
    wanted = [{"name": name, "s3Bucket": "copy", "synthetic": count} for name, count in zip(names, (5, 2), strict=True)]
    first, second = (each["id"] for each in service.admin("POST", "/seed", {"collections": wanted})["collections"])
    other = service.create_collection("copy", additionalData={"bands": {"X": BANDS["B1"]}})

    copied = service.call("POST", f"/collections/{first}/copyTiles?toCollection={second}")
    refused = service.call("POST", f"/collections/{first}/copyTiles?toCollection={other}")
    unknown = service.call("POST", f"/collections/{first}/copyTiles?toCollection={NOWHERE}")

    assert (copied.status_code, refused.status_code, unknown.status_code) == (204, 400, 404)
    tiles = service.call("GET", f"/collections/{second}/tiles").json()["data"]
    assert len({tile["path"] for tile in tiles}) == len({tile["id"] for tile in tiles}) == 5
    origin, copy = (service.call("GET", f"/collections/{each}").json()["data"] for each in (first, second))
    assert copy["additionalData"]["extent"] == origin["additionalData"]["extent"]


def test_a_request_id_comes_back_and_stands_in_the_log(service: Service) -> None:
    service.admin("DELETE", "/requests")

    answer = service.call("GET", "/collections?count=1", headers={"SH-Request-Id": "run-1"})

    (entry,) = service.admin("GET", "/requests")["requests"]
    assert answer.headers["SH-Request-Id"] == "run-1"
    assert (entry["method"], entry["path"], entry["query"]) == ("GET", "/api/v1/byoc/collections", "count=1")
    assert (entry["status"], entry["requestId"]) == (200, "run-1")
