"""Pages of a list, one request each. Touches the network through the session.

A ``next`` address is never called as it stands: its query is put on the list's own address, and only if the address is
that list's on the same host. So the token cannot be led elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import parse_qsl, urljoin, urlsplit

from byocplan.api.hosts import get_origin
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
    base = (COUNT, *query)
    current = base
    circle = _CircleGuard(base)
    while True:
        page = session.get(path, decode, current)
        if not len(page):
            return
        yield page
        following = _find_next(session, path, base, page.links)
        if following is None:
            return
        if circle.is_closed_by(following):
            raise AnswerError(f"GET {path}", "its pages lead in a circle")
        current = following


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
