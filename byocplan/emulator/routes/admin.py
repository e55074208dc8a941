"""Admin endpoints under ``/_emulator``: never part of the API, open to whoever reaches the port."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from byocplan.emulator.errors import FaultRuleError, make_bad_payload
from byocplan.emulator.faults import Fault, decode_fault, decode_rules
from byocplan.emulator.routes.answers import make_answer, make_empty_answer
from byocplan.emulator.service.payload import decode_payload, find_number
from byocplan.emulator.service.seed import seed
from byocplan.emulator.state import EmulatorState

PREFIX = "/_emulator"


def reset(state: EmulatorState) -> Response:
    """Forget everything: collections, tiles, faults, log, clock. Endpoint: POST /_emulator/reset."""
    with state.ingesting:
        state.database.clear()
    state.faults.clear()
    state.log.clear()
    state.clock.offset_s = state.settings.clock_offset_s
    return make_empty_answer()


def add_seed(state: EmulatorState) -> Response:
    """Put in collections and tiles. Endpoint: POST /_emulator/seed."""
    return make_answer({"collections": seed(state, decode_payload(request.get_data()))}, 201)


def decode_faults() -> tuple[Fault, ...]:
    """Return the faults of a JSON request."""
    faults = decode_payload(request.get_data()).get("faults")
    if isinstance(faults, str):
        return decode_rules(faults)
    if not isinstance(faults, list):
        raise make_bad_payload("faults", "must be a list, or rules as text")
    return tuple(decode_fault(each) for each in faults)


def add_faults(state: EmulatorState) -> Response:
    """Script faults, in order: rules as plain text, or a list of either kind. Endpoint: POST /_emulator/faults."""
    try:
        decoded = decode_rules(request.get_data(as_text=True)) if request.mimetype == "text/plain" else decode_faults()
    except FaultRuleError as problem:
        raise make_bad_payload("faults", str(problem)) from None
    for fault in decoded:
        state.faults.add_fault(fault)
    return make_empty_answer()


def read_faults(state: EmulatorState) -> Response:
    """Show the faults and how often each matched. Endpoint: GET /_emulator/faults."""
    return make_answer({"faults": state.faults.read_faults()})


def clear_faults(state: EmulatorState) -> Response:
    """Forget all faults. Endpoint: DELETE /_emulator/faults."""
    state.faults.clear()
    return make_empty_answer()


def encode_clock(state: EmulatorState) -> dict[str, Any]:
    """Return what the emulator's clock says."""
    return {"now_s": state.clock.now_s(), "offset_s": state.clock.offset_s}


def read_clock(state: EmulatorState) -> Response:
    """Show the clock. Endpoint: GET /_emulator/clock."""
    return make_answer(encode_clock(state))


def advance_clock(state: EmulatorState) -> Response:
    """Put the clock forward by ``advance_s``. Endpoint: POST /_emulator/clock."""
    state.clock.offset_s += find_number(decode_payload(request.get_data()), "advance_s") or 0.0
    state.work.set()
    return make_answer(encode_clock(state))


def expire_tokens(state: EmulatorState) -> Response:
    """Refuse all tokens issued so far. Endpoint: POST /_emulator/expire-tokens."""
    state.token_epoch += 1
    return make_empty_answer()


def read_log(state: EmulatorState) -> Response:
    """Show the last requests since the last reset, oldest first. Endpoint: GET /_emulator/requests."""
    entries, forgotten = state.log.read()
    return make_answer({"requests": [each.encode() for each in entries], "forgotten": forgotten})


def clear_log(state: EmulatorState) -> Response:
    """Forget the requests. Endpoint: DELETE /_emulator/requests."""
    state.log.clear()
    return make_empty_answer()


ROUTES: tuple[tuple[str, str, Callable[[EmulatorState], Response]], ...] = (
    ("POST", "/reset", reset),
    ("POST", "/seed", add_seed),
    ("POST", "/faults", add_faults),
    ("GET", "/faults", read_faults),
    ("DELETE", "/faults", clear_faults),
    ("GET", "/clock", read_clock),
    ("POST", "/clock", advance_clock),
    ("POST", "/expire-tokens", expire_tokens),
    ("GET", "/requests", read_log),
    ("DELETE", "/requests", clear_log),
)


def make_admin_blueprint(state: EmulatorState) -> Blueprint:
    """Return the admin endpoints."""
    blueprint = Blueprint("admin", __name__, url_prefix=PREFIX)
    for method, path, handler in ROUTES:
        blueprint.add_url_rule(path, handler.__name__, partial(handler, state), methods=[method])
    return blueprint
