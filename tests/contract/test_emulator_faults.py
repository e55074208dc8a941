"""The emulator as a service that fails, limits, walks and remembers."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from byocplan.emulator import Assumptions, Emulator, EmulatorSettings
from tests.support.cogs import make_cog
from tests.support.service import Service

if TYPE_CHECKING:
    from pathlib import Path


def script(service: Service, **fault: Any) -> None:
    service.admin("POST", "/faults", {"faults": [fault]})


def test_a_fault_answers_instead_of_the_service_as_often_as_told(service: Service) -> None:
    script(service, method="GET", path="/collections$", after=1, times=2, status=503)

    statuses = [service.call("GET", "/collections").status_code for _ in range(4)]

    assert statuses == [200, 503, 503, 200]
    assert service.admin("GET", "/faults")["faults"][0]["matched"] == 4


def test_a_fault_may_send_anything(service: Service) -> None:
    script(
        service, path="collections", status=502, body="<html>oops</html>", contentType="text/html", headers={"X": "1"}
    )

    answer = service.call("GET", "/collections")

    assert (answer.status_code, answer.text, answer.headers["X"]) == (502, "<html>oops</html>", "1")


@pytest.mark.parametrize(("drop", "stored"), [("before", 0), ("after", 1)])
def test_a_dropped_create_is_committed_or_not(service: Service, drop: str, stored: int) -> None:
    script(service, method="POST", path="/collections$", drop=drop)

    with pytest.raises(requests.ConnectionError):
        service.call("POST", "/collections", {"name": "n", "s3Bucket": "b"})

    assert len(service.call("GET", "/collections").json()["data"]) == stored
    assert [entry["status"] for entry in service.admin("GET", "/requests")["requests"]][-2] == 0


def test_a_fault_may_delay_by_the_sleep_it_was_given() -> None:
    slept: list[float] = []

    with Emulator(EmulatorSettings(port=0, sleep=slept.append)) as emulator, Service(emulator) as service:
        script(service, path="collections", delay_s=30)
        answer = service.call("GET", "/collections")

    assert (slept, answer.status_code) == ([30], 200)


@pytest.mark.parametrize("fault", [{"patch": 1}, {"drop": "later"}, {"path": "("}])
def test_a_fault_that_cannot_work_is_refused(service: Service, fault: dict[str, Any]) -> None:
    with pytest.raises(requests.HTTPError, match="400"):
        script(service, **fault)


def test_the_rate_limit_answers_unwrapped_with_whole_milliseconds() -> None:
    now = [1_700_000_000.0]
    settings = EmulatorSettings(port=0, rate_per_minute=60, rate_capacity=2, clock=lambda: now[0])

    with Emulator(settings) as emulator, Service(emulator) as service:
        answers = [service.call("GET", "/collections") for _ in range(3)]
        now[0] += 1.0
        later = service.call("GET", "/collections").status_code

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "1000"
    assert answers[2].json() == {
        "status": 429,
        "reason": "Too Many Requests",
        "message": "You have exceeded your rate limit",
        "code": "RATE_LIMIT_EXCEEDED",
    }
    assert later == 200


def test_reads_walk_a_tile_through_its_statuses() -> None:
    with Emulator(EmulatorSettings(port=0, ingest="reads:2")) as emulator, Service(emulator) as service:
        emulator.put_objects("walk", [("a/B1.tif", make_cog())])
        collection = service.create_collection("walk")
        tile = service.create_tile(collection, "a/(BAND).tif")

        statuses = [service.get_tile(collection, tile)["status"] for _ in range(8)]

    assert statuses == ["WAITING"] * 2 + ["QUEUED"] * 2 + ["INGESTING"] * 2 + ["INGESTED"] * 2


def test_time_walks_a_tile_through_its_statuses() -> None:
    settings = EmulatorSettings(port=0, ingest="seconds:30", clock=lambda: 1_700_000_000.0)
    with Emulator(settings) as emulator, Service(emulator) as service:
        emulator.put_objects("times", [("a/B1.tif", make_cog())])
        collection = service.create_collection("times")
        tile = service.create_tile(collection, "a/(BAND).tif")
        seen = [service.get_tile(collection, tile)["status"]]

        for expected in ("QUEUED", "INGESTING", "INGESTED"):
            service.admin("POST", "/clock", {"advance_s": 10})
            deadline = time.monotonic() + 5
            while service.get_tile(collection, tile)["status"] != expected and time.monotonic() < deadline:
                time.sleep(0.01)
            seen.append(service.get_tile(collection, tile)["status"])

    assert seen == ["WAITING", "QUEUED", "INGESTING", "INGESTED"]


def test_the_metadata_of_a_collection_follow_after_the_delay() -> None:
    now = [1_700_000_000.0]
    settings = EmulatorSettings(port=0, metadata_delay_s=120, clock=lambda: now[0])
    with Emulator(settings) as emulator, Service(emulator) as service:
        emulator.put_objects("delays", [("a/B1.tif", make_cog())])
        collection = service.create_collection("delays")
        service.ingest(collection, "a/(BAND).tif", sensingTime="2020-01-01T00:00:00Z")

        at_once = service.get_collection(collection)
        now[0] += 121
        later = service.get_collection(collection)

    assert (at_once["isConfigured"], at_once["requiresMetadataUpdate"]) == (True, True)
    assert list(at_once["additionalData"]) == ["bands"]
    assert later["requiresMetadataUpdate"] is False
    assert later["additionalData"]["hasSensingTimes"] == "YES"
    assert later["additionalData"]["fromSensingTime"] == "2020-01-01T00:00:00Z"
    assert later["additionalData"]["maxMetersPerPixel"] == 600.0


def test_a_restarted_emulator_remembers_tiles_and_tokens(tmp_path: Path) -> None:
    settings = EmulatorSettings(port=0, store=str(tmp_path / "store.sqlite"), check="none")
    with Emulator(settings) as emulator, Service(emulator) as service:
        collection = service.create_collection()
        tile = service.ingest(collection, "a")
        token = service.session.headers["Authorization"]

    with Emulator(settings) as emulator:
        url = f"{emulator.base_url}/byoc/v1/collections/{collection}/tiles/{tile['id']}"
        again = requests.get(url, headers={"Authorization": str(token)}, timeout=5)

    assert again.json()["data"] == tile


def test_a_reingest_reads_the_overwritten_file(emulator: Emulator, service: Service) -> None:
    emulator.put_objects("again", [("a/B1.tif", make_cog())])
    collection = service.create_collection("again")
    first = service.ingest(collection, "a/(BAND).tif")
    emulator.put_objects("again", [("a/B1.tif", make_cog(size=(128, 128), fill=3))])

    answer = service.call("POST", f"/collections/{collection}/tiles/{first['id']}/reingest")
    second = service.wait(collection, first["id"])

    assert answer.status_code == 204
    assert second["additionalData"]["filesMetadata"] != first["additionalData"]["filesMetadata"]
    assert second["tileGeometry"] != first["tileGeometry"]
    assert second["ingestionStart"] > first["ingestionStart"] == first["created"] == second["created"]


def test_listing_checks_that_files_exist_and_notes_their_etags() -> None:
    with Emulator(EmulatorSettings(port=0, check="listing")) as emulator, Service(emulator) as service:
        emulator.put_objects("lists", [("a/B1.tif", b"no image"), ("a/B2.tif", b"none either")])
        bands = {name: {"bitDepth": 8} for name in ("B1", "B2")}
        collection = service.create_collection("lists", additionalData={"bands": bands})

        found, missing = (service.ingest(collection, path) for path in ("a", "b/(BAND).tif"))

    assert (found["status"], found["path"]) == ("INGESTED", "a/(BAND).tif")
    assert list(found["additionalData"]["filesMetadata"]["B1"]) == ["etag"]
    assert (missing["status"], "missing file" in missing["additionalData"]["failedIngestionCause"]) == ("FAILED", True)


def test_an_external_endpoint_is_listed_through_the_network(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in emulator.exports().items():
        monkeypatch.setenv(name, value)
    emulator.put_objects("outside", [(f"{n:04d}/B1.tif", make_cog(fill=n)) for n in (1, 2, 3)])

    statuses = {}
    for check in ("full", "listing"):
        settings = EmulatorSettings(port=0, s3=emulator.s3_url, check="full" if check == "full" else "listing")
        with Emulator(settings) as second, Service(second) as service:
            collection = service.create_collection("outside")
            paths = ("0002/(BAND).tif", "0001", "0009/(BAND).tif")
            statuses[check] = [service.ingest(collection, path)["status"] for path in paths]

    assert statuses == {"full": ["INGESTED", "INGESTED", "FAILED"], "listing": ["INGESTED", "INGESTED", "FAILED"]}


def test_a_folder_is_loaded_and_a_seed_read_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "load/my-bucket/a").mkdir(parents=True)
    (tmp_path / "load/my-bucket/a/B1.tif").write_bytes(make_cog())
    seed = {"collections": [{"name": "seeded", "s3Bucket": "my-bucket", "tiles": [{"path": "b", "status": "FAILED"}]}]}
    (tmp_path / "seed.json").write_text(json.dumps(seed))
    settings = EmulatorSettings(port=0, load=tmp_path / "load", seed=tmp_path / "seed.json")

    with Emulator(settings) as emulator, Service(emulator) as service:
        (collection,) = service.call("GET", "/collections").json()["data"]
        tile = service.ingest(collection["id"], "a")
        listed = service.call("GET", f"/collections/{collection['id']}/tiles").json()["data"]

    assert tile["status"] == "INGESTED"
    assert [each["status"] for each in listed] == ["FAILED", "INGESTED"]


def test_the_unsettled_facts_are_switches() -> None:
    switched = Assumptions(
        duplicate_path="accept", forbidden_edit_status=409, omitted_sensing_time="keep", reingest_pending="refuse"
    )
    settings = EmulatorSettings(port=0, ingest="reads:99", assumptions=switched)
    with Emulator(settings) as emulator, Service(emulator) as service:
        collection = service.create_collection()
        tile = service.create_tile(collection, "a", sensingTime="2020-01-01T00:00:00Z")
        url = f"/collections/{collection}/tiles/{tile}"
        statuses = [
            service.call("POST", f"/collections/{collection}/tiles", {"path": "a"}).status_code,
            service.call("PUT", f"/collections/{collection}", {"name": "n", "s3Bucket": "other"}).status_code,
            service.call("PUT", url, {}).status_code,
            service.call("POST", f"{url}/reingest").status_code,
        ]
        kept = service.get_tile(collection, tile)["sensingTime"]

    assert (statuses, kept) == ([201, 409, 204, 400], "2020-01-01T00:00:00Z")


def test_a_page_of_a_large_collection_takes_about_a_millisecond() -> None:
    from byocplan.emulator.service.query import PageQuery
    from byocplan.emulator.service.seed import seed
    from byocplan.emulator.service.tile_json import encode_tile
    from byocplan.emulator.service.tile_pages import read_tile_page

    with Emulator(EmulatorSettings(port=0)) as emulator:
        assert emulator.state is not None
        seed(emulator.state, {"collections": [{"name": "many", "s3Bucket": "many", "synthetic": 20_000}]})
        took = []
        token = ""
        for _ in range(50):
            started = time.perf_counter()
            page = read_tile_page(emulator.state.database, 1, PageQuery(token=token))
            text = [encode_tile(tile) for tile in page.tiles]
            took.append(time.perf_counter() - started)
            token = page.following or ""

    assert len(text) == 100
    assert sorted(took)[25] < 0.01


def test_tls_is_served_with_a_certificate_that_can_be_trusted() -> None:
    with Emulator(EmulatorSettings(port=0, tls=True)) as emulator:
        form = {"grant_type": "client_credentials", "client_id": "a", "client_secret": "b"}
        answer = requests.post(emulator.token_url, data=form, verify=str(emulator.certificate), timeout=5)

    assert answer.status_code == 200
    assert answer.url.startswith("https://")
