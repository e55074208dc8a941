"""Where work on the contents of files runs: threads here, or the workers of a Dask scheduler. Touches the network.

The only place that knows Dask. Code is sent to the scheduler, so that its host is judged as one that gets credentials.
"""

from __future__ import annotations

import logging
import re
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from byocplan import __version__
from byocplan.api.hosts import ALLOW_HOSTS, is_loopback
from byocplan.cli.extras import check_extra
from byocplan.errors import AccessError, ArgumentError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from concurrent.futures import Executor

LOCAL = "local"
DASK = re.compile(r"dask:((?:tcp|tls)://([0-9A-Za-z.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5})")
#: Tasks that run here at once. Each reads several files at once; more threads only wait for one another.
THREADS = 4
CONNECT_TIMEOUT_S = 10
WORKERS_TIMEOUT_S = 15
#: How often a task is given to another worker when one dies with it.
RETRIES = 2


@contextmanager
def open_executor(text: str, allow_hosts: Collection[str]) -> Iterator[Executor]:
    """Give the executor that ``--executor`` names.

    Raises ArgumentError, AccessError for a host that is not allowed, MissingExtraError, and UnreachableError when the
    scheduler or its workers do not answer or are lost on the way.
    """
    if text == LOCAL:
        with ThreadPoolExecutor(THREADS) as pool:
            yield pool
        return
    match = DASK.fullmatch(text)
    if match is None:
        raise ArgumentError(f"--executor {text!r} is unknown", hint="write local, or dask:tcp://HOST:PORT")
    check_host(match[2].strip("[]").lower(), allow_hosts)
    check_extra("dask", "distributed")
    with _open_dask(match[1]) as executor:
        yield executor


def get_version() -> str:
    """Return the version of byocplan; workers are asked for theirs."""
    return __version__


def check_host(host: str, allow_hosts: Collection[str]) -> None:
    """Raise AccessError unless code may be sent to ``host``."""
    if not is_loopback(host) and host not in allow_hosts:
        raise AccessError(
            f"code is not sent to {host}, which is not this machine",
            f"if it is meant, allow it with --allow-host {host} or {ALLOW_HOSTS}={host}",
        )


@contextmanager
def _open_dask(address: str) -> Iterator[Executor]:
    from distributed import Client
    from distributed.client import FutureCancelledError
    from distributed.scheduler import KilledWorker

    open_client: Callable[..., Any] = Client  # the library has no types

    _quieten()
    try:
        client = open_client(address, timeout=CONNECT_TIMEOUT_S, set_as_default=False)
    except (OSError, TimeoutError) as failure:
        raise _make_error(address, type(failure).__name__) from failure
    with client:
        _check_workers(client, address)
        try:
            yield client.get_executor(pure=False, retries=RETRIES)
        except (KilledWorker, FutureCancelledError, CancelledError) as failure:
            cause = f"it was lost, or a task failed with every worker ({type(failure).__name__})"
            raise _make_error(address, cause) from failure


def _quieten() -> None:
    """Keep the library from writing tracebacks about lost connections: those are said once, in our words."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _check_workers(client: Any, address: str) -> None:
    """Raise UnreachableError unless there are workers, and all of them have this version of byocplan."""
    try:
        client.wait_for_workers(1, timeout=WORKERS_TIMEOUT_S)
        versions = set(client.run(get_version).values())
    except TimeoutError as failure:
        raise _make_error(address, "it has no workers") from failure
    except (OSError, ImportError, AttributeError) as failure:
        raise _make_error(address, f"its workers cannot load byocplan {__version__}") from failure
    if others := versions - {__version__}:
        raise _make_error(address, f"its workers have byocplan {', '.join(sorted(others))}, not {__version__}")


def _make_error(address: str, cause: str) -> UnreachableError:
    mend = f"start a scheduler and workers that have byocplan {__version__} installed, or use --executor local"
    return UnreachableError("the Dask scheduler", address, cause, mend)
