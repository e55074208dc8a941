"""What the client needs to know. Pure."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.api.settings import Credentials
    from byocplan.model.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on.

    ``timeout_s`` bounds one whole answer, ``attempts`` the sendings of one request that found no or a broken answer,
    ``waits`` those that met 429 in a row; ``backoff_s`` is the first pause and doubles.
    """

    connect_timeout_s: float = 10
    timeout_s: float = 60
    attempts: int = 4
    waits: int = 12
    backoff_s: float = 1


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """Where, as whom and how fast. ``requests_per_minute`` None: as fast as the service lets.

    ``allow_hosts`` are hosts beyond the known ones; see ``hosts.make_allowed_hosts``. ``ca_bundle`` None leaves the
    choice to the environment, as requests does. ``token_source`` is what gave the token's address. ``sleep`` may raise
    to end a run that waits: at that moment no create is without its answer.
    """

    deployment: Deployment
    credentials: Credentials
    run_id: str
    requests_per_minute: float | None = None
    allow_hosts: frozenset[str] = frozenset()
    ca_bundle: str | None = None
    token_source: str = "spec.deployment"  # noqa: S105 - a field's name
    patience: Patience = Patience()
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
