"""Faults at work on the current request: before the service does its own, and on its answer. Touches the state.

Answers are cut by writing to the connection, since a server would not send half of one.
"""

import json
from contextlib import suppress
from random import Random
from urllib.parse import urlsplit

from flask import Response, g, request

from byocplan.emulator.errors import ApiError
from byocplan.emulator.faults.fault import Fault
from byocplan.emulator.faults.other_writer import write_as_other
from byocplan.emulator.routes.answers import make_answer, make_empty_answer, make_error_answer
from byocplan.emulator.service.query import Paging
from byocplan.emulator.service.veil import hide_created, keep_deleted, take_copy
from byocplan.emulator.state import EmulatorState
from byocplan.emulator.wsgi import hang_up, send_part

TOO_MANY = 429
HTML = "<!doctype html><html><head><title>Maintenance</title></head><body><h1>Back soon</h1></body></html>"


def begin_faults(state: EmulatorState) -> Response | None:
    """Let the faults that are due act before the service; an answer returned stands instead of the service's."""
    query = request.query_string.decode("ascii", "replace")
    g.faults = state.faults.take_faults(request.method, request.path, query)
    for fault, number in g.faults:
        change_state(state, fault, number)
        if not fault.works_first:
            wait(state, fault)
    for fault, _ in g.faults:
        if fault.drop == "before":
            return drop_connection()
        if fault.gives_answer and not fault.works_first:
            return make_fault_answer(fault)
    return None


def change_state(state: EmulatorState, fault: Fault, number: int) -> None:
    """Do what a fault does to the service rather than to the answer."""
    if fault.clock_s:
        state.clock.offset_s += fault.clock_s
    if fault.expires_tokens:
        state.token_epoch += 1
    if fault.other_writes and (collection_id := get_view_argument("collection_id")):
        write_as_other(state, collection_id, fault.other_writes, Random(f"{fault.when.seed}:{number}"))  # noqa: S311
    if fault.linger is not None:
        g.copy = take_copy(state, get_view_argument("collection_id"), get_view_argument("tile_id"))
    if fault.order is not None or fault.by_offset:
        shuffle = Random(f"{fault.when.seed}:{number}") if fault.order == "shuffled" else None  # noqa: S311
        g.paging = Paging(by_id=fault.order == "uuid", by_offset=fault.by_offset, shuffle=shuffle)


def get_view_argument(name: str) -> str | None:
    """Return an id from the path of the request."""
    return (request.view_args or {}).get(name)


def wait(state: EmulatorState, fault: Fault) -> None:
    """Wait as long as the fault says."""
    if fault.delay_s:
        state.settings.sleep(fault.delay_s)


def end_faults(state: EmulatorState, answer: Response) -> Response:
    """Let the faults that are due act on the service's answer."""
    for fault, _ in g.get("faults", ()):
        if fault.hide is not None:
            hide_created(state, answer, fault.hide)
        if fault.linger is not None:
            keep_deleted(state, answer, g.copy, fault.linger)
        if fault.works_first:
            wait(state, fault)
        answer = change_answer(fault, answer)
        cut_answer(fault, answer)
    return answer


def change_answer(fault: Fault, answer: Response) -> Response:
    """Return what the fault makes of the answer."""
    if fault.gives_answer and fault.works_first:
        answer = make_fault_answer(fault)
    elif fault.headers and not fault.gives_answer:
        answer.headers.update(fault.headers)
    if fault.next_url is not None:
        lead_elsewhere(answer, fault.next_url)
    if fault.answer is not None:
        mangle(fault, answer)
    return answer


def make_fault_answer(fault: Fault) -> Response:
    """Return the answer that a fault gives instead of the service's."""
    status = fault.status or 200
    if fault.body is not None or status in {401, 403}:
        answer = Response(fault.body or "", status=status, content_type=fault.content_type)
    elif status == TOO_MANY:
        message = "You have exceeded your rate limit"
        code = {"status": status, "reason": "Too Many Requests", "message": message, "code": "RATE_LIMIT_EXCEEDED"}
        answer = make_answer(code, status)
    else:
        answer = make_error_answer(ApiError(status, "Injected fault.", "COMMON_EXCEPTION"))
    answer.headers.update(fault.headers)
    return answer


def lead_elsewhere(answer: Response, url: str) -> None:
    """Let ``links.next`` of a list point to another address, with the query that it had."""
    body = answer.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("links"), dict):
        return
    links = body["links"]
    query = urlsplit(links.get("next") or links["@id"]).query
    links.pop("nextToken", None)
    links["next"] = f"{url}?{query}" if query else url
    answer.set_data(json.dumps(body))


def mangle(fault: Fault, answer: Response) -> None:
    """Spoil the body of an answer, whose HTTP stays sound."""
    body = answer.get_data()
    if fault.answer == "truncated":
        answer.set_data(body[: len(body) // 2])
    elif fault.answer == "wrong-type":
        answer.set_data(b'{"data": 17, "access_token": 17, "links": "none"}')
        answer.content_type = "application/json"
    elif fault.answer == "html":
        answer.set_data(HTML.encode())
        answer.content_type = "text/html; charset=utf-8"
    else:
        answer.set_data(b"")
    # A 204 has no body to spoil: what spoils it answers 200, as a proxy in between would.
    if answer.status_code == 204:  # noqa: PLR2004
        answer.status_code = 200


def cut_answer(fault: Fault, answer: Response) -> None:
    """Hang up before, within or after the headers, or in the middle of the body."""
    if fault.drop in {None, "before"}:
        return
    if fault.drop != "after":
        body = answer.get_data()
        with suppress(OSError):
            send_part(request.environ, answer.status, list(answer.headers), body, with_body=fault.drop == "half")
    drop_connection()


def drop_connection() -> Response:
    """Hang up; what is returned reaches nobody."""
    g.dropped = True
    with suppress(OSError):
        hang_up(request.environ)
    return make_empty_answer()
