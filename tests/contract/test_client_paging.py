"""Lists: by token, by link, and never elsewhere; in turn, and one page ahead."""

from __future__ import annotations

import signal
import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from byocplan.api.client import open_read_client
from byocplan.api.wire import Links, skim_links
from byocplan.errors import AccessError, AnswerError
from tests.support.api import COLLECTION_ID, make_collection, make_options, make_tile
from tests.support.scripted_server import Asked, Reply, ScriptedServer, make_json

LIST = f"/api/v1/byoc/collections/{COLLECTION_ID}/tiles"


def make_page(number: int, **links: str) -> Reply:
    return make_json({"data": [make_tile(number)], "links": links})


@pytest.fixture(params=[False, True], ids=["in turn", "ahead"])
def ahead(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def list_ids(server: ScriptedServer, status: str | None = None, sort: str | None = None, *, ahead: bool) -> list[str]:
    with open_read_client(make_options(server)) as client:
        pages = client.iter_tile_pages(COLLECTION_ID, status, sort, ahead=ahead)
        return [tile_id for page in pages for tile_id in page.ids]


def wait_until_asked(server: ScriptedServer, times: int) -> None:
    deadline_s = time.monotonic() + 10
    while len(server.asked) < times and time.monotonic() < deadline_s:
        time.sleep(0.01)


def test_pages_are_followed_by_token_with_all_filters_kept(ahead: bool) -> None:
    with ScriptedServer(make_page(1, nextToken="a&b=c"), make_page(2, nextToken="x"), make_page(3)) as server:
        ids = list_ids(server, status="FAILED", sort="created:asc", ahead=ahead)

    assert ids == ["tile-1", "tile-2", "tile-3"]
    queries = [parse_qs(urlsplit(asked.path).query) for asked in server.asked]
    filters = {"count": ["100"], "status": ["FAILED"], "sort": ["created:asc"]}
    assert queries == [filters, filters | {"viewtoken": ["a&b=c"]}, filters | {"viewtoken": ["x"]}]


def test_pages_are_followed_by_link_where_there_is_no_token(ahead: bool) -> None:
    with ScriptedServer() as server:
        server.replies.extend(
            [
                make_page(1, next=f"{server.url}{LIST}?count=100&viewtoken=7"),
                make_page(2, next="?viewtoken=9"),
                make_page(3),
            ]
        )
        ids = list_ids(server, ahead=ahead)

    assert ids == ["tile-1", "tile-2", "tile-3"]
    assert server.asked[1].path == f"{LIST}?count=100&viewtoken=7"
    assert server.asked[2].path == f"{LIST}?viewtoken=9"


@pytest.mark.parametrize(
    "last",
    [make_page(2), make_json({"data": [], "links": {"nextToken": "more"}}), make_json({"data": []})],
)
def test_a_list_ends_without_token_or_with_an_empty_page(last: Reply, ahead: bool) -> None:
    with ScriptedServer(make_page(1, nextToken="t"), last) as server:
        ids = list_ids(server, ahead=ahead)

    assert ids[0] == "tile-1"
    # What an empty page names as the next may be under way before it is known to be empty.
    assert 2 <= len(server.asked) <= 2 + ahead


@pytest.mark.parametrize("pages", [0, 1, 2, 3, 7])
@pytest.mark.parametrize("link", ["{own}?count=100", "?viewtoken={last}", "https://elsewhere.example/"])
def test_an_empty_page_ends_a_list_wherever_it_leads(pages: int, link: str, ahead: bool) -> None:
    with ScriptedServer() as server:
        server.replies.extend(make_page(number, nextToken=str(number)) for number in range(pages))
        following = link.format(own=server.url + LIST, last=pages - 1)
        server.replies.append(make_json({"data": [], "links": {"next": following}}))
        ids = list_ids(server, ahead=ahead)

    assert len(ids) == pages


def test_what_is_wrong_with_a_link_is_told_behind_its_page(ahead: bool) -> None:
    with (
        ScriptedServer(make_page(1, next="https://elsewhere.example/")) as server,
        open_read_client(make_options(server)) as client,
    ):
        pages = client.iter_tile_pages(COLLECTION_ID, ahead=ahead)
        assert next(pages).ids == ["tile-1"]
        with pytest.raises(AnswerError, match="elsewhere"):
            next(pages)


def test_no_next_page_elsewhere_is_asked_for(ahead: bool) -> None:
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
                    list_ids(server, ahead=ahead)
            assert len(server.asked) == 1

    assert (elsewhere.asked, elsewhere.token_asked) == ([], [])


@pytest.mark.parametrize("cycle", [("a", "a"), ("a", "b", "a")])
def test_pages_that_lead_in_a_circle_end_in_an_error(cycle: tuple[str, ...], ahead: bool) -> None:
    with (
        ScriptedServer(*(make_page(number, nextToken=token) for number, token in enumerate(cycle))) as server,
        pytest.raises(AnswerError, match="circle"),
    ):
        list_ids(server, ahead=ahead)


@pytest.mark.parametrize(("before", "length"), [(0, 1), (0, 2), (3, 1), (8, 5), (1, 30), (33, 2)])
def test_a_circle_that_begins_late_or_is_long_is_noticed_after_a_bounded_number_of_pages(
    before: int, length: int, ahead: bool
) -> None:
    def answer(asked: Asked) -> Reply:
        number = int(parse_qs(urlsplit(asked.path).query).get("viewtoken", ["0"])[0]) + 1
        if len(server.asked) > 4 * (before + length):
            return make_page(number)
        return make_page(number, nextToken=str(number if number < before + length else before))

    with ScriptedServer() as server:
        server.make_reply = answer
        with pytest.raises(AnswerError, match="circle"):
            list_ids(server, ahead=ahead)

    assert before + length <= len(server.asked) <= 3 * (before + length)


def test_the_next_page_is_under_way_while_one_is_used() -> None:
    with ScriptedServer(make_page(1, nextToken="t"), make_page(2)) as server:
        with open_read_client(make_options(server)) as client:
            pages = client.iter_tile_pages(COLLECTION_ID, ahead=True)
            assert next(pages).ids == ["tile-1"]
            wait_until_asked(server, 2)
            assert [page.ids for page in pages] == [["tile-2"]]

        assert len(server.asked) == 2


def test_in_turn_no_page_is_asked_for_before_it_is_wanted() -> None:
    with ScriptedServer(make_page(1, nextToken="t"), make_page(2)) as server:
        with open_read_client(make_options(server)) as client:
            next(client.iter_tile_pages(COLLECTION_ID))

        assert len(server.asked) == 1


def test_whoever_stops_early_waits_for_no_answer_and_leaves_no_thread() -> None:
    may_answer = threading.Event()

    def answer(_: Asked) -> Reply:
        if len(server.asked) > 1:
            may_answer.wait(10)
        return make_page(1, nextToken=str(len(server.asked)))

    with ScriptedServer() as server:
        server.make_reply = answer
        with open_read_client(make_options(server)) as client:
            pages = client.iter_tile_pages(COLLECTION_ID, ahead=True)
            next(pages)
            wait_until_asked(server, 2)
            pages.close()  # type: ignore[attr-defined]
            assert not may_answer.is_set()
            (thread,) = (each for each in threading.enumerate() if each.name == "ahead")
            may_answer.set()
            thread.join(10)

    assert not thread.is_alive()


def test_a_token_that_ends_between_pages_is_renewed(ahead: bool) -> None:
    with ScriptedServer(make_page(1, nextToken="t"), Reply(401), make_page(2)) as server:
        assert list_ids(server, ahead=ahead) == ["tile-1", "tile-2"]

        assert len(server.token_asked) == 2


def test_what_fails_ahead_is_raised_where_its_page_would_come(ahead: bool) -> None:
    refusal = make_json({"error": {"status": 403, "message": "not yours"}}, 403)
    with (
        ScriptedServer(make_page(1, nextToken="t"), refusal) as server,
        open_read_client(make_options(server)) as client,
    ):
        pages = client.iter_tile_pages(COLLECTION_ID, ahead=ahead)

        assert next(pages).ids == ["tile-1"]
        with pytest.raises(AccessError):
            next(pages)


class AlarmError(Exception):
    """What the handler of a signal raises."""


def test_a_signal_ends_the_wait_for_a_page_ahead() -> None:
    def ring(_number: int, _frame: object) -> None:
        raise AlarmError

    before = signal.signal(signal.SIGALRM, ring)
    try:
        with (
            ScriptedServer(make_page(1, nextToken="t"), Reply(delay_s=3)) as server,
            open_read_client(make_options(server)) as client,
        ):
            pages = client.iter_tile_pages(COLLECTION_ID, ahead=True)
            next(pages)
            started_s = time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with pytest.raises(AlarmError):
                next(pages)
            took_s = time.monotonic() - started_s
    finally:
        signal.signal(signal.SIGALRM, before)

    assert took_s < 2


def test_a_page_ahead_that_cannot_be_read_is_asked_for_again_and_its_second_links_are_followed() -> None:
    spoiled = make_json({"data": [{"id": 7}], "links": {"nextToken": "wrong"}})
    pages = {"": [make_page(1, nextToken="t")], "t": [make_page(2, nextToken="u"), spoiled], "u": [make_page(3)]}

    def answer(asked: Asked) -> Reply:
        token = parse_qs(urlsplit(asked.path).query).get("viewtoken", [""])[0]
        return pages[token].pop() if token in pages else make_page(9)

    with ScriptedServer() as server:
        server.make_reply = answer
        ids = list_ids(server, ahead=True)

    assert ids == ["tile-1", "tile-2", "tile-3"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"data": [1, 2], "links": {"nextToken": "a"}}',
        b'{"links": {"nextToken": "a"}, "data": [{"links": {"nextToken": "b"}}]}',
        b'{"data": ["links"], "links": {"nextToken": "a"}, "more": {"links": {"nextToken": "b"}}}',
        b'{"data": [{"links": {"nextToken": "b"}}], "links" : { "nextToken" : "a" } , "more": "links"}\n',
        b'{"links": {"nextToken": "a"}, "data": ["\\"links\\": {"]}',
        b'{"data": [], "link\\u0073": {"nextToken": "a"}}',
    ],
)
def test_links_are_those_of_the_page_wherever_they_stand(body: bytes) -> None:
    assert skim_links(body).next_token == "a"


@pytest.mark.parametrize("body", [b'{"data": []}', b'{"data": [], "links": null}', b'{"links": {}, "data": []}'])
def test_a_page_without_links_has_none(body: bytes) -> None:
    assert skim_links(body) == Links()


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"data": [', b'{"data": 17, "links": "none"}', b'[{"links": {}}]'])
def test_what_is_no_page_is_not_skimmed(body: bytes) -> None:
    with pytest.raises(AnswerError):
        skim_links(body)


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
