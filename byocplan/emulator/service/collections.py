"""Collections: what each operation does and refuses. Touches the store."""

from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from byocplan.emulator.clock import encode_created
from byocplan.emulator.errors import UNIQUE_KEY_VIOLATION, ApiError, RefusedError, make_bad_payload, make_not_found
from byocplan.emulator.service.bands import decode_bands, make_edited_bands, refuse_two_levels
from byocplan.emulator.service.payload import Payload, find_number, find_object, get_text
from byocplan.emulator.state import EmulatorState
from byocplan.emulator.store import collections as stored
from byocplan.emulator.store.collections import Collection
from byocplan.emulator.store.tiles import has_tiles


def make_account(client_id: str) -> str:
    """Return the account of a client: the same id always has the same account."""
    return str(uuid5(NAMESPACE_URL, f"byocplan-emulator:{client_id}"))


def decode_id(text: str) -> UUID | None:
    """Return a UUID, none when the text is no UUID."""
    try:
        return UUID(text)
    except ValueError:
        return None


def get_collection(state: EmulatorState, account: str, identity: str) -> Collection:
    """Return an account's collection; raises the 404 or 403.

    Its metadata may be old: computing them reads every tile, so only what shows them calls ``refresh_metadata``.
    """
    parsed = decode_id(identity)
    found = stored.find_collection(state.database, str(parsed)) if parsed else None
    if found is None:
        raise make_not_found("Collection", identity)
    if found.account != account:
        raise RefusedError(403)
    return found


def encode_additional_data(collection: Collection) -> dict[str, Any]:
    """Return ``additionalData`` without absent keys."""
    additional: dict[str, Any] = {"bands": collection.bands} if collection.bands else {}
    additional |= collection.metadata
    return additional | ({"storageIdentifier": collection.storage} if collection.storage else {})


def encode_collection(collection: Collection) -> dict[str, Any]:
    """Return a collection as the API shows it. Source: BYOC OpenAPI, BYOCCollection; recorded answers."""
    shown: dict[str, Any] = {
        "id": collection.id,
        "userId": collection.account,
        "accountId": collection.account,
        "name": collection.name,
        "s3Bucket": collection.bucket,
    }
    additional = encode_additional_data(collection)
    shown |= {"additionalData": additional} if additional else {}
    shown |= {"noData": collection.no_data} if collection.no_data is not None else {}
    return shown | {
        "created": encode_created(collection.created_us),
        "requiresMetadataUpdate": collection.dirty_us is not None,
        "isConfigured": bool(collection.bands),
    }


def decode_collection(payload: Payload) -> Collection:
    """Return a new collection from its request."""
    additional = find_object(payload, "additionalData") or {}
    storage = additional.get("storageIdentifier")
    if storage is not None and not isinstance(storage, str):
        raise make_bad_payload("additionalData.storageIdentifier", "must be a string")
    collection = Collection(
        cid=0,
        id=str(uuid4()),
        account="",
        created_us=0,
        name=get_text(payload, "name"),
        bucket=get_text(payload, "s3Bucket"),
        no_data=find_number(payload, "noData"),
        bands=decode_bands(additional),
        storage=storage,
    )
    refuse_two_levels(collection.no_data, collection.bands)
    return collection


def refuse_known_name(state: EmulatorState, account: str, name: str) -> None:
    """Raise the 409 when names are assumed to be unique and this one is taken."""
    if state.settings.assumptions.duplicate_collection_name == "accept":
        return
    if any(each.name == name for each in stored.read_collections(state.database, account)):
        raise ApiError(409, f"Collection with name {name} already exists.", UNIQUE_KEY_VIOLATION)


def create_collection(state: EmulatorState, account: str, payload: Payload) -> Collection:
    """Store a new collection. Endpoint: POST /collections."""
    collection = replace(decode_collection(payload), account=account, created_us=state.clock.now_us())
    with state.database.transaction():
        refuse_known_name(state, account, collection.name)
        return stored.insert_collection(state.database, collection)


def update_collection(state: EmulatorState, account: str, identity: str, payload: Payload) -> None:
    """Replace name, bucket and noData, and the bands if any are sent. Endpoint: PUT /collections/{id}.

    A noData that is left out is deleted; ``additionalData`` that is left out changes nothing.
    """
    forbidden = state.settings.assumptions.forbidden_edit_status
    wanted = decode_collection(payload)
    with state.database.transaction():
        current = get_collection(state, account, identity)
        filled = has_tiles(state.database, current.cid)
        if filled and wanted.bucket != current.bucket:
            raise ApiError(forbidden, "s3Bucket can only be changed if the collection is empty.")
        bands = wanted.bands
        if payload.get("additionalData") is None:
            bands = current.bands
        elif filled and (bands or current.bands):
            bands = make_edited_bands(current.bands, bands, forbidden)
        refuse_two_levels(wanted.no_data, bands)
        changed = replace(
            current, name=wanted.name, bucket=wanted.bucket, no_data=wanted.no_data, bands=bands,
            storage=wanted.storage or current.storage,
        )  # fmt: skip
        stored.write_collection(state.database, changed)


def delete_collection(state: EmulatorState, account: str, identity: str) -> None:
    """Delete a collection and its tiles; the bucket is never touched. Endpoint: DELETE /collections/{id}."""
    with state.database.transaction():
        stored.delete_collection(state.database, get_collection(state, account, identity).cid)


def is_match(name: str, search: str) -> bool:
    """Return whether a name meets a search of words joined by ``|`` and ``&``."""
    lowered = name.lower()
    return any(
        all(word.strip().lower() in lowered for word in group.split("&") if word.strip()) for group in search.split("|")
    )


def read_collections(state: EmulatorState, account: str, search: str = "") -> list[Collection]:
    """Return an account's collections, oldest first."""
    found = stored.read_collections(state.database, account)
    return [each for each in found if not search or is_match(each.name, search)]
