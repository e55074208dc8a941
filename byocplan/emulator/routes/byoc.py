"""The twelve BYOC operations under one prefix. Each function: request in, answer out."""

import json
from collections.abc import Callable
from functools import lru_cache, partial

from flask import Blueprint, Response, g, request
from werkzeug.sansio.utils import get_current_url

from byocplan.emulator.errors import RateLimitedError, make_bad_payload
from byocplan.emulator.ingest.walk import count_reads
from byocplan.emulator.routes.answers import make_answer, make_empty_answer, make_json_answer
from byocplan.emulator.routes.tokens import get_account
from byocplan.emulator.service import collections, tiles, veil
from byocplan.emulator.service.metadata import refresh_metadata
from byocplan.emulator.service.payload import decode_payload
from byocplan.emulator.service.query import Paging, decode_count, decode_page_query, decode_token, encode_token
from byocplan.emulator.service.tile_json import encode_tile
from byocplan.emulator.service.tile_pages import START, encode_links, read_tile_page
from byocplan.emulator.state import EmulatorState
from byocplan.emulator.store.collections import Collection
from byocplan.emulator.store.veil import count_read

#: The URL of a list is the same for all its pages, and not cheap to put together.
make_url = lru_cache(maxsize=256)(get_current_url)
Handler = Callable[..., Response]
PREFIXES = ("/api/v1/byoc", "/byoc/v1")


def admit_request(state: EmulatorState) -> None:
    """Find the account of a request and take its token from the rate limiter; raises the 401 or 429."""
    g.account = get_account(state)
    if state.limiter is not None:
        wait_ms = state.limiter.take_token(g.account, state.clock.now_s())
        if wait_ms:
            raise RateLimitedError(wait_ms)


def get_base_url() -> str:
    """Return the URL of the request without its query, as ``request.base_url``."""
    return make_url(request.scheme, request.host, request.root_path, request.path)


def create_collection(state: EmulatorState) -> Response:
    """Endpoint: POST /collections."""
    created = collections.create_collection(state, g.account, decode_payload(request.get_data()))
    return make_answer({"data": collections.encode_collection(created)}, 201)


def list_collections(state: EmulatorState) -> Response:
    """Endpoint: GET /collections."""
    count, token = decode_count(request.args), request.args.get("viewtoken") or START
    after = int(decode_token(token, (int,))[0]) if token != START else 0
    found = veil.read_collections(state, g.account, request.args.get("search") or "")
    left = [each for each in found if each.cid > after]
    page = left[:count]
    following = encode_token((page[-1].cid,)) if len(left) > count else None
    earlier = [each.cid for each in found if each.cid <= after]
    previous = None if token == START else encode_token((earlier[-count - 1],)) if len(earlier) > count else START
    links = encode_links((token, following, previous), get_base_url(), request.args)
    return make_answer(
        {"data": [collections.encode_collection(refresh_metadata(state, each)) for each in page], "links": links}
    )


def get_collection(state: EmulatorState, collection_id: str) -> Response:
    """Endpoint: GET /collections/{id}."""
    found = veil.get_collection(state, g.account, collection_id)
    return make_answer({"data": collections.encode_collection(refresh_metadata(state, found))})


def update_collection(state: EmulatorState, collection_id: str) -> Response:
    """Endpoint: PUT /collections/{id}."""
    collections.update_collection(state, g.account, collection_id, decode_payload(request.get_data()))
    return make_empty_answer()


def delete_collection(state: EmulatorState, collection_id: str) -> Response:
    """Endpoint: DELETE /collections/{id}."""
    collections.delete_collection(state, g.account, collection_id)
    return make_empty_answer()


def copy_tiles(state: EmulatorState, collection_id: str) -> Response:
    """Endpoint: POST /collections/{id}/copyTiles."""
    target = request.args.get("toCollection")
    if not target:
        raise make_bad_payload("toCollection", "must not be null")
    tiles.copy_tiles(state, g.account, collection_id, target)
    return make_empty_answer()


def create_tile(state: EmulatorState, collection_id: str) -> Response:
    """Endpoint: POST /collections/{id}/tiles."""
    created = tiles.create_tile(state, g.account, collection_id, decode_payload(request.get_data()))
    return make_json_answer(f'{{"data":{encode_tile(created)}}}', 201)


def list_tiles(state: EmulatorState, collection_id: str) -> Response:
    """Endpoint: GET /collections/{id}/tiles."""
    query = decode_page_query(request.args, g.get("paging", Paging()))
    found = veil.get_collection(state, g.account, collection_id)
    count_read(state.database, found.cid, state.clock.now_us())
    page = read_tile_page(state.database, found.cid, query)
    links = encode_links((page.current, page.following, page.previous), get_base_url(), request.args)
    data = ",".join(map(encode_tile, page.tiles))
    count_reads(state, page.tiles)
    return make_json_answer(f'{{"data":[{data}],"links":{json.dumps(links)}}}')


def get_tile(state: EmulatorState, collection_id: str, tile_id: str) -> Response:
    """Endpoint: GET /collections/{id}/tiles/{id}."""
    found = veil.get_tile(state, veil.get_collection(state, g.account, collection_id), tile_id)
    count_reads(state, [found])
    return make_json_answer(f'{{"data":{encode_tile(found)}}}')


def update_tile(state: EmulatorState, collection_id: str, tile_id: str) -> Response:
    """Endpoint: PUT /collections/{id}/tiles/{id}."""
    tiles.update_tile(state, g.account, collection_id, tile_id, decode_payload(request.get_data()))
    return make_empty_answer()


def delete_tile(state: EmulatorState, collection_id: str, tile_id: str) -> Response:
    """Endpoint: DELETE /collections/{id}/tiles/{id}."""
    tiles.delete_tile(state, g.account, collection_id, tile_id)
    return make_empty_answer()


def reingest_tile(state: EmulatorState, collection_id: str, tile_id: str) -> Response:
    """Endpoint: POST /collections/{id}/tiles/{id}/reingest."""
    tiles.reingest_tile(state, g.account, collection_id, tile_id)
    return make_empty_answer()


def encode_global(collection: Collection) -> dict[str, object]:
    """Return a collection as the global list shows it."""
    return {
        "id": collection.id,
        "name": collection.name,
        "s3Bucket": collection.bucket,
        "type": "BYOC",
        "location": "aws-eu-central-1",
    }


def list_global(state: EmulatorState) -> Response:
    """Endpoint: GET /global, with ``ids`` to choose."""
    found = veil.read_collections(state, g.account)
    wanted = {each.strip().lower() for each in request.args.get("ids", "").split(",") if each.strip()}
    chosen = [each for each in found if each.id in wanted or "ids" not in request.args]
    return make_answer({"data": [encode_global(each) for each in chosen]})


def get_global(state: EmulatorState, collection_id: str) -> Response:
    """Endpoint: GET /global/{id}."""
    return make_answer({"data": encode_global(veil.get_collection(state, g.account, collection_id))})


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/collections", create_collection),
    ("GET", "/collections", list_collections),
    ("GET", "/collections/<collection_id>", get_collection),
    ("PUT", "/collections/<collection_id>", update_collection),
    ("DELETE", "/collections/<collection_id>", delete_collection),
    ("POST", "/collections/<collection_id>/copyTiles", copy_tiles),
    ("POST", "/collections/<collection_id>/tiles", create_tile),
    ("GET", "/collections/<collection_id>/tiles", list_tiles),
    ("GET", "/collections/<collection_id>/tiles/<tile_id>", get_tile),
    ("PUT", "/collections/<collection_id>/tiles/<tile_id>", update_tile),
    ("DELETE", "/collections/<collection_id>/tiles/<tile_id>", delete_tile),
    ("POST", "/collections/<collection_id>/tiles/<tile_id>/reingest", reingest_tile),
    ("GET", "/global", list_global),
    ("GET", "/global/", list_global),
    ("GET", "/global/<collection_id>", get_global),
)


def make_byoc_blueprint(state: EmulatorState) -> Blueprint:
    """Return the operations; the same blueprint serves both prefixes."""
    blueprint = Blueprint("byoc", __name__)
    blueprint.before_request(partial(admit_request, state))
    for number, (method, path, handler) in enumerate(ROUTES):
        view = partial(handler, state)
        blueprint.add_url_rule(path, f"{handler.__name__}_{number}", view, methods=[method])
    return blueprint
