"""Every endpoint of the client against the emulator."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from byocplan.api.client import WriteClient, open_read_client, open_write_client
from byocplan.api.options import ApiOptions
from byocplan.api.settings import Credentials
from byocplan.emulator import Emulator, EmulatorSettings
from byocplan.errors import AccessError, ApiError, ConflictError, NotFoundError, UnreachableError
from byocplan.model.band import LiveBand
from byocplan.model.collection import CollectionPayload
from byocplan.model.deployment import Deployment
from byocplan.model.instant import make_instant
from byocplan.model.tile import PENDING, Status, TilePayload

if TYPE_CHECKING:
    from collections.abc import Iterator

BANDS = {"B02": LiveBand("B02", "B02", 1, 16, "UINT", None), "B03": LiveBand("B03", "b3", 1, 16, "UINT", -1.0)}
COVER = '{"type":"Polygon","coordinates":[[[10,45],[11,45],[11,46],[10,45]]]}'
NO_S3 = "http://127.0.0.1:9"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def service() -> Iterator[Emulator]:
    """An emulator that takes every tile without looking at files."""
    with Emulator(EmulatorSettings(port=0, s3=NO_S3, check="none")) as running:
        yield running


def make_options(service: Emulator, api_prefix: str = "/api/v1/byoc", secret: str = "secret") -> ApiOptions:
    deployment = Deployment("emulator", service.base_url, service.token_url, api_prefix)
    return ApiOptions(deployment, Credentials("id", secret), "run1")


@pytest.fixture(params=["/api/v1/byoc", "/byoc/v1"])
def client(service: Emulator, request: pytest.FixtureRequest) -> Iterator[WriteClient]:
    with open_write_client(make_options(service, request.param)) as opened:
        yield opened


@pytest.fixture
def collection_id(client: WriteClient) -> str:
    return client.create_collection(CollectionPayload("forest", "bucket", bands=BANDS)).id


def test_a_collection_lives_and_dies(client: WriteClient) -> None:
    created = client.create_collection(CollectionPayload("forest", "bucket", bands=BANDS))
    client.update_collection(created.id, CollectionPayload("wood", "bucket"))
    renamed = client.get_collection(created.id)
    deleted = [client.delete_collection(created.id) for _ in range(2)]

    assert created.bands == renamed.bands == BANDS
    assert (created.name, renamed.name) == ("forest", "wood")
    assert renamed.created_ms == created.created_ms is not None
    assert deleted == [True, False]
    assert client.find_collection(created.id) is None
    with pytest.raises(NotFoundError):
        client.get_collection(created.id)


def test_no_data_stays_when_it_is_sent_and_goes_when_it_is_not(client: WriteClient) -> None:
    first = client.create_collection(CollectionPayload("n", "bucket", no_data=0))

    client.update_collection(first.id, CollectionPayload("m", "bucket", no_data=0))
    kept = client.get_collection(first.id)
    client.update_collection(first.id, CollectionPayload("m", "bucket"))

    assert kept.no_data == 0
    assert client.get_collection(first.id).no_data is None


def test_collections_are_found_by_name(client: WriteClient) -> None:
    created = client.create_collection(CollectionPayload("marshland", "bucket"))

    found = list(client.iter_collections("marshland"))
    everything = [collection.id for collection in client.iter_collections()]

    assert created.id in [collection.id for collection in found]
    assert created.id in everything


def test_a_tile_lives_and_dies(client: WriteClient, collection_id: str) -> None:
    payload = TilePayload("2019/(BAND).tif", make_instant("2019-11-27"), COVER)

    created = client.create_tile(collection_id, payload)
    client.reingest_tile(collection_id, created.id)
    client.update_tile(collection_id, created.id, TilePayload(payload.path, None, COVER))
    while (timeless := client.get_tile(collection_id, created.id)).status in PENDING:
        pass
    deleted = [client.delete_tile(collection_id, created.id) for _ in range(2)]

    assert created.path == payload.path
    assert created.sensing_time_ms == payload.sensing_time_ms
    assert timeless.sensing_time_ms is None
    assert timeless.cover is not None
    assert deleted == [True, False]
    with pytest.raises(NotFoundError):
        client.get_tile(collection_id, created.id)


def test_a_taken_path_is_a_conflict_and_the_tile_can_be_found_by_it(client: WriteClient, collection_id: str) -> None:
    payload = TilePayload("a b/ü & (BAND).tif")
    created = client.create_tile(collection_id, payload)

    with pytest.raises(ConflictError):
        client.create_tile(collection_id, payload)
    found = client.find_tile(collection_id, payload.path)

    assert found is not None
    assert found.id == created.id
    assert client.find_tile(collection_id, "elsewhere/(BAND).tif") is None


def test_all_tiles_come_in_pages_of_a_hundred(client: WriteClient, collection_id: str) -> None:
    for number in range(205):
        client.create_tile(collection_id, TilePayload(f"{number:03}/(BAND).tif"))

    pages = list(client.iter_tile_pages(collection_id, sort="created:asc"))

    assert [len(page) for page in pages] == [100, 100, 5]
    assert [path for page in pages for path in page.paths] == [f"{number:03}/(BAND).tif" for number in range(205)]
    assert all(time_ms is None for page in pages for time_ms in page.sensing_times_ms)
    assert list(client.iter_tile_pages(collection_id, status=Status.FAILED)) == []


def test_tiles_are_copied_to_another_collection(client: WriteClient, collection_id: str) -> None:
    target = client.create_collection(CollectionPayload("copy", "bucket", bands=BANDS))

    client.copy_tiles(collection_id, target.id)

    assert list(client.iter_tile_pages(target.id)) == []


def test_a_refusal_says_why(client: WriteClient, collection_id: str) -> None:
    with pytest.raises(ApiError) as caught:
        client.create_tile(collection_id, TilePayload("/leading/slash/(BAND).tif"))

    assert caught.value.status == 400
    assert "path" in str(caught.value)


def test_what_is_unknown_is_not_found(client: WriteClient, collection_id: str) -> None:
    with pytest.raises(NotFoundError):
        client.get_tile(collection_id, UNKNOWN)
    with pytest.raises(NotFoundError):
        client.update_collection(UNKNOWN, CollectionPayload("n", "b"))
    with pytest.raises(NotFoundError):
        client.reingest_tile(collection_id, UNKNOWN)
    assert client.delete_tile(collection_id, UNKNOWN) is False


def test_wrong_credentials_are_an_access_error() -> None:
    settings = EmulatorSettings(port=0, s3=NO_S3, clients=(("id", "right"),))
    with (
        Emulator(settings) as service,
        open_read_client(make_options(service, secret="wrong")) as reader,
        pytest.raises(AccessError, match="SH_CLIENT_SECRET"),
    ):
        list(reader.iter_collections())


def test_a_certificate_that_is_not_trusted_ends_it_at_once_and_one_that_is_named_is_trusted() -> None:
    with Emulator(EmulatorSettings(port=0, s3=NO_S3, tls=True)) as service:
        assert service.base_url.startswith("https://")
        with open_write_client(make_options(service)) as client, pytest.raises(UnreachableError, match="certificate"):
            client.create_collection(CollectionPayload("n", "b"))
        trusting = replace(make_options(service), ca_bundle=str(service.certificate))
        with open_write_client(trusting) as client:
            assert client.create_collection(CollectionPayload("n", "b")).name == "n"


def test_a_missing_file_of_certificates_is_said_so() -> None:
    with Emulator(EmulatorSettings(port=0, s3=NO_S3, tls=True)) as service:
        options = replace(make_options(service), ca_bundle="/nowhere/ca.pem")
        with open_read_client(options) as reader, pytest.raises(UnreachableError, match="trusted certificates"):
            list(reader.iter_collections())


def test_a_budget_of_requests_is_waited_for() -> None:
    settings = EmulatorSettings(port=0, s3=NO_S3, check="none", rate_per_minute=1200, rate_capacity=5)
    with Emulator(settings) as service, open_write_client(make_options(service)) as client:
        collection_id = client.create_collection(CollectionPayload("n", "b")).id

        tiles = [client.create_tile(collection_id, TilePayload(f"{number}/(BAND).tif")) for number in range(15)]

        assert len({tile.id for tile in tiles}) == 15
        assert sum(len(page) for page in client.iter_tile_pages(collection_id)) == 15
