"""The fault language at work, as a plain HTTP client sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from byocplan.emulator import Emulator, EmulatorSettings
from byocplan.emulator.errors import FaultRuleError
from tests.support.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

NOWHERE = "http://127.0.0.1:9"


class Timer:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture(scope="module")
def timer() -> Timer:
    return Timer()


@pytest.fixture(scope="module")
def emulator(timer: Timer) -> Iterator[Emulator]:
    with Emulator(EmulatorSettings(port=0, s3=NOWHERE, check="none", ingest="reads:99", clock=timer)) as running:
        yield running


@pytest.fixture
def service(emulator: Emulator) -> Iterator[Service]:
    with Service(emulator) as client:
        client.admin("POST", "/reset")
        yield client


def script(service: Service, *rules: str) -> None:
    service.admin("POST", "/faults", {"faults": list(rules)})


def list_paths(service: Service, collection: str, count: int = 100) -> list[str]:
    paths: list[str] = []
    query: dict[str, Any] = {"count": count}
    while True:
        page = service.call("GET", f"/collections/{collection}/tiles", params=query).json()
        paths += [tile["path"] for tile in page["data"]]
        if "nextToken" not in page["links"]:
            return paths
        query["viewtoken"] = page["links"]["nextToken"]


@pytest.mark.parametrize("drop", ["after", "headers", "half"])
def test_an_answer_is_cut_after_the_commit(service: Service, drop: str) -> None:
    script(service, f"POST */collections nth=1 drop={drop}")

    with pytest.raises(requests.RequestException):
        service.call("POST", "/collections", {"name": "n", "s3Bucket": "b"})

    assert len(service.call("GET", "/collections").json()["data"]) == 1


@pytest.mark.parametrize("drop", ["after", "headers", "half"])
def test_an_answer_without_a_body_is_cut_too(service: Service, drop: str) -> None:
    collection = service.create_collection()
    script(service, f"DELETE * drop={drop}")

    with pytest.raises(requests.RequestException):
        service.call("DELETE", f"/collections/{collection}")


def test_a_status_may_come_instead_of_the_work_or_after_it(service: Service) -> None:
    script(service, "POST */collections nth=1 status=504", "POST */collections nth=2 status=504 commit")

    answers = [service.call("POST", "/collections", {"name": str(n), "s3Bucket": "b"}).status_code for n in (1, 2, 3)]

    assert answers == [504, 504, 201]
    assert [each["name"] for each in service.call("GET", "/collections").json()["data"]] == ["2", "3"]


def test_answers_are_mangled_within_sound_http(service: Service) -> None:
    service.create_collection()
    script(
        service,
        "GET */collections nth=1 answer=truncated",
        "GET */collections nth=2 answer=html",
        "GET */collections nth=3 answer=wrong-type",
        "GET */collections nth=4 answer=empty",
    )

    answers = [service.call("GET", "/collections") for _ in range(5)]

    assert [each.status_code for each in answers] == [200] * 5
    with pytest.raises(json.JSONDecodeError):
        json.loads(answers[0].content)
    assert answers[1].headers["Content-Type"].startswith("text/html")
    assert answers[2].json()["data"] == 17
    assert answers[3].content == b""
    assert len(answers[4].json()["data"]) == 1


@pytest.mark.parametrize("value", ["12000", "0", "", "abc", "Wed, 21 Oct 2026 07:28:00 GMT", "1e9"])
def test_a_429_carries_whatever_retry_after_it_is_told(service: Service, value: str) -> None:
    script(service, f"GET */collections status=429 retry-after='{value}'")

    answer = service.call("GET", "/collections")

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, value)
    assert answer.json()["code"] == "RATE_LIMIT_EXCEEDED"


def test_tokens_expire_in_the_middle_and_new_ones_are_good(service: Service) -> None:
    script(service, "GET */collections nth=2 expire-tokens")

    before = [service.call("GET", "/collections").status_code for _ in range(3)]
    service.session.headers["Authorization"] = f"Bearer {service.fetch_token()}"

    assert before == [200, 401, 401]
    assert service.call("GET", "/collections").status_code == 200


def test_a_clock_that_jumps_ends_tokens_and_dates_tiles(service: Service) -> None:
    collection = service.create_collection()
    script(service, "GET */collections nth=1 clock=-86400", "GET */collections nth=2 clock=+100000")

    first = service.call("GET", "/collections").status_code
    tile = service.get_tile(collection, service.create_tile(collection, "a/(BAND).tif"))
    second = service.call("GET", "/collections").status_code

    assert (first, second) == (200, 401)
    assert tile["created"] < service_created(service, collection)


def service_created(service: Service, collection: str) -> str:
    service.session.headers["Authorization"] = f"Bearer {service.fetch_token()}"
    return str(service.get_collection(collection)["created"])


def test_a_created_tile_is_hidden_from_reads_alone(service: Service, timer: Timer) -> None:
    collection = service.create_collection()
    script(service, "POST */tiles hide=10s")
    tile = service.create_tile(collection, "a/(BAND).tif")
    path = f"/collections/{collection}/tiles"

    hidden = (service.call("GET", f"{path}/{tile}").status_code, list_paths(service, collection))
    again = service.call("POST", path, {"path": "a/(BAND).tif"}).status_code
    timer.now_s += 10

    assert (*hidden, again) == (404, [], 409)
    assert service.call("GET", f"{path}/{tile}").status_code == 200
    assert list_paths(service, collection) == ["a/(BAND).tif"]


def test_a_created_collection_is_hidden_for_some_reads(service: Service) -> None:
    script(service, "POST */collections hide=2reads")
    service.create_collection()

    counts = [len(service.call("GET", "/collections").json()["data"]) for _ in range(4)]

    assert counts == [0, 0, 1, 1]


def test_deleted_tiles_and_collections_linger(service: Service, timer: Timer) -> None:
    collection = service.create_collection()
    first, _ = (service.create_tile(collection, f"{name}/(BAND).tif") for name in "ab")
    script(service, "DELETE * linger=10s")
    tiles = f"/collections/{collection}/tiles"

    statuses = [service.call("DELETE", f"{tiles}/{first}").status_code for _ in range(2)]
    seen = list_paths(service, collection, 1), service.call("GET", f"{tiles}/{first}").status_code
    service.call("DELETE", f"/collections/{collection}")
    collections = [len(service.call("GET", "/collections").json()["data"])]
    timer.now_s += 10
    collections.append(len(service.call("GET", "/collections").json()["data"]))

    assert statuses == [204, 404]
    assert seen == (["a/(BAND).tif", "b/(BAND).tif"], 200)
    assert collections == [1, 0]
    assert service.call("GET", f"/collections/{collection}").status_code == 404


@pytest.mark.parametrize("rule", ["order=uuid", "order=uuid paging=offset", "paging=offset", "order=shuffled seed=3"])
def test_pages_come_in_another_order_and_whole(service: Service, rule: str) -> None:
    collection = service.create_collection()
    paths = [f"{number}/(BAND).tif" for number in range(25)]
    for path in paths:
        service.create_tile(collection, path)
    script(service, f"GET */tiles {rule}")

    listed = list_paths(service, collection, 10)

    assert sorted(listed) == sorted(paths)
    assert (listed == paths) == (rule == "paging=offset")


def test_pages_by_offset_shift_when_another_client_deletes(service: Service) -> None:
    collection = service.create_collection()
    for number in range(30):
        service.create_tile(collection, f"{number:02d}/(BAND).tif")
    script(service, "GET */tiles paging=offset", "GET */tiles nth=2 delete=00/(BAND).tif")

    listed = list_paths(service, collection, 10)

    assert len(listed) == 29
    assert "10/(BAND).tif" not in listed


def test_another_client_writes_by_seed(service: Service) -> None:
    collection = service.create_collection()
    for number in range(20):
        service.create_tile(collection, f"{number:02d}/(BAND).tif", sensingTime="2020-01-01T00:00:00Z")
    script(service, "GET */tiles?* nth=1 seed=5 create=3 delete=2 change=4")

    service.call("GET", f"/collections/{collection}/tiles", params={"count": 1})
    tiles = service.call("GET", f"/collections/{collection}/tiles", params={"count": 100}).json()["data"]

    others = [tile for tile in tiles if tile["path"].startswith("other/")]
    changed = [tile for tile in tiles if tile not in others and tile["sensingTime"] != "2020-01-01T00:00:00Z"]
    assert len(tiles) == 21
    assert 1 <= len(others) <= 3
    assert 1 <= len(changed) <= 4


def test_lists_and_redirects_lead_to_another_host(service: Service) -> None:
    service.create_collection()
    script(
        service,
        "GET */collections nth=1 next=http://169.254.169.254/latest",
        "GET */collections nth=2 redirect=http://169.254.169.254/",
    )

    listed, moved = (service.call("GET", "/collections", allow_redirects=False) for _ in range(2))

    assert listed.json()["links"]["next"].startswith("http://169.254.169.254/latest")
    assert "nextToken" not in listed.json()["links"]
    assert (moved.status_code, moved.headers["Location"]) == (302, "http://169.254.169.254/")


def test_rules_come_as_text_and_those_that_are_wrong_are_named(service: Service) -> None:
    url = f"{service.base}/_emulator/faults"
    headers = {"Content-Type": "text/plain"}

    good = requests.post(url, data="# storm\nGET * status=429\n", headers=headers, timeout=5)
    bad = requests.post(url, data="GET * stauts=429", headers=headers, timeout=5)
    shown = service.admin("GET", "/faults")["faults"]

    assert (good.status_code, bad.status_code) == (204, 400)
    assert "`GET * stauts=429`: unknown word 'stauts'; did you mean status?" in bad.json()["error"]["message"]
    assert [(each["rule"], each["worked"]) for each in shown] == [("GET * status=429", 0)]


def test_rules_and_a_clock_that_is_off_are_settings() -> None:
    settings = EmulatorSettings(
        port=0, s3=NOWHERE, check="none", faults="GET */collections nth=1 status=503", clock_offset_s=-86400.0
    )
    with Emulator(settings) as running, Service(running) as service:
        statuses = [service.call("GET", "/collections").status_code for _ in range(2)]
        offset_s = service.admin("GET", "/clock")["offset_s"]

    assert (statuses, offset_s) == ([503, 200], -86400.0)
    with pytest.raises(FaultRuleError, match="unknown word"):
        Emulator(EmulatorSettings(faults="GET * nonsense=1"))
