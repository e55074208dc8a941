"""Lists: by token, by link, and never elsewhere."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from byocplan.api.client import open_read_client
from byocplan.errors import AnswerError
from tests.support.api import COLLECTION_ID, make_collection, make_options, make_tile
from tests.support.scripted_server import Asked, Reply, ScriptedServer, make_json

LIST = f"/api/v1/byoc/collections/{COLLECTION_ID}/tiles"


def make_page(number: int, **links: str) -> Reply:
    return make_json({"data": [make_tile(number)], "links": links})


def list_ids(server: ScriptedServer, **filters: str) -> list[str]:
    with open_read_client(make_options(server)) as client:
        return [tile_id for page in client.iter_tile_pages(COLLECTION_ID, **filters) for tile_id in page.ids]


def test_pages_are_followed_by_token_with_all_filters_kept() -> None:
    with ScriptedServer(make_page(1, nextToken="a&b=c"), make_page(2, nextToken="x"), make_page(3)) as server:
        ids = list_ids(server, status="FAILED", sort="created:asc", path="a/(BAND)&x.tif")

    assert ids == ["tile-1", "tile-2", "tile-3"]
    queries = [parse_qs(urlsplit(asked.path).query) for asked in server.asked]
    filters = {"count": ["100"], "status": ["FAILED"], "sort": ["created:asc"], "path": ["a/(BAND)&x.tif"]}
    assert queries == [filters, filters | {"viewtoken": ["a&b=c"]}, filters | {"viewtoken": ["x"]}]


def test_pages_are_followed_by_link_where_there_is_no_token() -> None:
    with ScriptedServer() as server:
        server.replies.extend(
            [
                make_page(1, next=f"{server.url}{LIST}?count=100&viewtoken=7"),
                make_page(2, next="?viewtoken=9"),
                make_page(3),
            ]
        )
        ids = list_ids(server)

    assert ids == ["tile-1", "tile-2", "tile-3"]
    assert server.asked[1].path == f"{LIST}?count=100&viewtoken=7"
    assert server.asked[2].path == f"{LIST}?viewtoken=9"


@pytest.mark.parametrize(
    "last",
    [make_page(2), make_json({"data": [], "links": {"nextToken": "more"}}), make_json({"data": []})],
)
def test_a_list_ends_without_token_or_with_an_empty_page(last: Reply) -> None:
    with ScriptedServer(make_page(1, nextToken="t"), last) as server:
        ids = list_ids(server)

    assert ids[0] == "tile-1"
    assert len(server.asked) == 2


def test_no_next_page_elsewhere_is_asked_for() -> None:
    with ScriptedServer(otherwise=make_page(9)) as elsewhere:
        links = [
            "http://169.254.169.254/latest",
            f"{elsewhere.url}{LIST}?viewtoken=1",
            f"//{elsewhere.url.removeprefix('http://')}{LIST}",
            "{own}/api/v1/byoc/collections?viewtoken=1",
            "{own}/oauth/other",
            "{own}" + LIST + "/../../../x",
            "https://{host}" + LIST,
            "http://[::1",
            "file:///etc/passwd",
        ]
        for link in links:
            with ScriptedServer() as server:
                server.replies.append(make_page(1, next=link.format(own=server.url, host=server.url[7:])))
                with pytest.raises(AnswerError, match="elsewhere"):
                    list_ids(server)
            assert len(server.asked) == 1

    assert (elsewhere.asked, elsewhere.token_asked) == ([], [])


@pytest.mark.parametrize("cycle", [("a", "a"), ("a", "b", "a")])
def test_pages_that_lead_in_a_circle_end_in_an_error(cycle: tuple[str, ...]) -> None:
    with (
        ScriptedServer(*(make_page(number, nextToken=token) for number, token in enumerate(cycle))) as server,
        pytest.raises(AnswerError, match="circle"),
    ):
        list_ids(server)


@pytest.mark.parametrize(("before", "length"), [(0, 1), (0, 2), (3, 1), (8, 5), (1, 30), (33, 2)])
def test_a_circle_that_begins_late_or_is_long_is_noticed_after_a_bounded_number_of_pages(
    before: int, length: int
) -> None:
    def answer(asked: Asked) -> Reply:
        number = int(parse_qs(urlsplit(asked.path).query).get("viewtoken", ["0"])[0]) + 1
        if len(server.asked) > 4 * (before + length):
            return make_page(number)
        return make_page(number, nextToken=str(number if number < before + length else before))

    with ScriptedServer() as server:
        server.make_reply = answer
        with pytest.raises(AnswerError, match="circle"):
            list_ids(server)

    assert before + length <= len(server.asked) <= 3 * (before + length)


def test_collections_come_one_by_one_over_all_pages() -> None:
    pages = [
        make_json({"data": [make_collection(name="a"), make_collection(name="b")], "links": {"nextToken": "1"}}),
        make_json({"data": [make_collection(name="c")], "links": {"currentToken": "1"}}),
    ]
    with ScriptedServer(*pages) as server, open_read_client(make_options(server)) as client:
        names = [collection.name for collection in client.iter_collections("forest|wood")]

    assert names == ["a", "b", "c"]
    assert parse_qs(urlsplit(server.asked[0].path).query)["search"] == ["forest|wood"]


def test_a_tile_is_found_by_its_exact_path_even_if_the_service_ignores_the_filter() -> None:
    def answer(asked: Asked) -> Reply:
        return make_json({"data": [make_tile(1), make_tile(2)], "links": {}})

    with ScriptedServer() as server, open_read_client(make_options(server)) as client:
        server.make_reply = answer
        found = client.find_tile(COLLECTION_ID, "2019/2/(BAND).tif")
        missing = client.find_tile(COLLECTION_ID, "2019/3/(BAND).tif")

    assert found is not None
    assert found.id == "tile-2"
    assert missing is None
