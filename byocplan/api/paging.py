"""Pages of a list, one request each. Touches the network through the session.

A ``next`` address is never called as it stands: its query is put on the list's own address, and only if the address is
that list's on the same host. So the token cannot be led elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import parse_qsl, urljoin, urlsplit

from byocplan.api.ahead import Ahead, take
from byocplan.api.hosts import get_origin
from byocplan.api.wire import skim_links
from byocplan.errors import AnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from byocplan.api.session import Query, ReadSession
    from byocplan.api.wire import Links

PAGE_SIZE = 100
COUNT = ("count", str(PAGE_SIZE))
LONGEST_SHOWN = 200
TOKEN_KEY = "viewtoken"  # noqa: S105 - the name of a parameter


class Page(Protocol):
    """What a page must offer to be followed by another."""

    @property
    def links(self) -> Links:
        """Where the next page is."""

    def __len__(self) -> int: ...


P = TypeVar("P", bound=Page)


def iter_pages(session: ReadSession, path: str, decode: Callable[[bytes], P], query: Query = ()) -> Iterator[P]:
    """Yield the pages of the list at ``path`` until one is empty or names no next one.

    Raises AnswerError where the list leads elsewhere or in a circle: a listing that is not whole is no listing.
    """
    trail = _Trail(session, path, query)
    yield from _iter_in_turn(trail, decode, trail.base)


def iter_pages_ahead(session: ReadSession, path: str, decode: Callable[[bytes], P], query: Query = ()) -> Iterator[P]:
    """Yield the same pages, the next under way while one is decoded and used: for whoever reads to the end."""
    with Ahead(partial(_fetch, _Trail(session, path, query))) as ahead:
        coming = ahead.begin(None)
        while (fetched := take(coming)) is not None:
            coming = ahead.begin(fetched.links)  # what is wrong with them is raised where that page would come
            try:
                page = decode(fetched.body)
            except AnswerError:  # read on as if nothing had been read of it, not even where it leads
                yield from _iter_in_turn(_Trail(session, path, query), decode, fetched.query)
                return
            if not len(page):
                return
            yield page


def _iter_in_turn(trail: _Trail, decode: Callable[[bytes], P], start: Query) -> Iterator[P]:
    current: Query | None = start
    while current is not None:
        page = trail.session.get(trail.path, decode, current)
        if not len(page):
            return
        yield page
        current = trail.follow(page.links)


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A page of which no more was read than where the next one is, and what was asked for it."""

    query: Query
    body: bytes
    links: Links


def _fetch(trail: _Trail, links: Links | None) -> _Fetched | None:
    """Fetch the page that ``links`` name, None for the first; return None behind the last."""
    query = trail.base if links is None else trail.follow(links)
    if query is None:
        return None
    return trail.session.get(trail.path, lambda body: _Fetched(query, body, skim_links(body)), query)


class _Trail:
    """The way from page to page of one list."""

    def __init__(self, session: ReadSession, path: str, query: Query) -> None:
        self.session, self.path, self.base = session, path, (COUNT, *query)
        self._circle = _CircleGuard(self.base)

    def follow(self, links: Links) -> Query | None:
        """Return the query of the next page, None behind the last. Raises AnswerError."""
        following = _find_next(self.session, self.path, self.base, links)
        if following is not None and self._circle.is_closed_by(following):
            raise AnswerError(f"GET {self.path}", "its pages lead in a circle")
        return following


class _CircleGuard:
    """Notices a circle after at most thrice the pages up to where it closes; holds one query however many come.

    Each query is compared with one before, which is replaced whenever twice as many have come (Brent's algorithm).
    """

    def __init__(self, first: Query) -> None:
        self._anchor, self._since, self._until_next = first, 0, 1

    def is_closed_by(self, query: Query) -> bool:
        if query == self._anchor:
            return True
        self._since += 1
        if self._since == self._until_next:
            self._anchor, self._since, self._until_next = query, 0, 2 * self._until_next
        return False


def _find_next(session: ReadSession, path: str, base: Query, links: Links) -> Query | None:
    if links.next_token:
        return (*base, (TOKEN_KEY, links.next_token))
    if links.next:
        return _read_link(session, path, links.next)
    return None


def _read_link(session: ReadSession, path: str, link: str) -> Query:
    own = f"{session.base_url}{session.api_prefix}/{path}"
    try:
        target = urljoin(own, link)
        is_own = get_origin(target) == get_origin(own) and urlsplit(target).path.rstrip("/") == urlsplit(own).path
        query = tuple(parse_qsl(urlsplit(target).query, keep_blank_values=True))
    except ValueError:
        is_own, query = False, ()
    if not is_own:
        raise AnswerError(f"GET {path}", f"its next page is elsewhere ({link[:LONGEST_SHOWN]!r}) and is not followed")
    return query
