"""What an emulator opens when it starts, each failure told as a setting to mend. Touches files, the store and ports."""

import errno
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from byocplan.emulator.errors import ApiError, SettingsError
from byocplan.emulator.ingest.bucket import make_s3_client
from byocplan.emulator.s3_server import iter_folder, put_objects
from byocplan.emulator.service.seed import seed
from byocplan.emulator.state import EmulatorState
from byocplan.emulator.store.database import Database

SEED_MEND = 'write {"collections": [{"name": ..., "s3Bucket": ...}]}, as docs/emulator.md shows'


@contextmanager
def explain_port(setting: str, host: str, port: int) -> Iterator[None]:
    """Raise SettingsError where the block cannot listen on a port; ``setting`` is the option that chose it."""
    try:
        yield
    except OSError as error:
        # cheroot passes on what the system said as a text alone.
        if f"[Errno {errno.EADDRINUSE}]" in str(error):
            raise SettingsError(f"port {port} is in use", f"`--{setting} 0` takes a free one") from error
        if f"[Errno {errno.EACCES}]" in str(error):
            raise SettingsError(f"port {port} is not for everybody", f"`--{setting} 0` takes a free one") from error
        what = f"host: {host!r} cannot be listened on: {error}"
        raise SettingsError(what, "write an address of this machine, such as 127.0.0.1") from error


def open_store(location: str) -> Database:
    """Open or make the SQLite file. Raises SettingsError."""
    try:
        return Database(location)
    except sqlite3.Error as error:
        mend = "name an emulator's SQLite file, or a new one in a folder that is there"
        raise SettingsError(f"store: {location!r} cannot be opened: {error}", mend) from error


def open_s3(url: str, *, embedded: bool) -> Any:
    """Return a client of the S3 endpoint. Raises SettingsError."""
    try:
        return make_s3_client(url, embedded=embedded)
    except ValueError as error:
        raise SettingsError(f"s3: {url!r} is no address", "write http://HOST:PORT, or embedded") from error


def load_buckets(folder: Path) -> None:
    """Put the files of each folder in ``folder`` into the bucket of its name. Raises SettingsError."""
    from moto.s3.exceptions import InvalidBucketName

    try:
        for bucket in sorted(each for each in folder.iterdir() if each.is_dir()):
            put_objects(bucket.name, iter_folder(bucket))
    except InvalidBucketName as error:
        raise SettingsError(
            f"load: {bucket.name!r} is no name of a bucket", "lay the files out as BUCKET/KEY"
        ) from error
    except OSError as error:
        what = f"load: {error.filename or folder} cannot be read: {error.strerror or error}"
        raise SettingsError(what, "check its permissions") from error


def load_seed(state: EmulatorState, path: Path) -> None:
    """Put the collections and tiles of a JSON file into the store. Raises SettingsError."""
    try:
        seed(state, json.loads(path.read_bytes()))
    except OSError as error:
        raise SettingsError(
            f"seed: {path} cannot be read: {error.strerror or error}", "check its permissions"
        ) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"seed: {path} is no JSON: {error}", SEED_MEND) from error
    except ApiError as error:
        raise SettingsError(f"seed: {path}: {error.message.rstrip('.')}", SEED_MEND) from error
