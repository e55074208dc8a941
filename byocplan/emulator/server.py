"""The public ``Emulator``: starts and stops the service, the ingestion worker and S3. Touches ports and the store."""

import secrets
import threading
from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from byocplan.emulator.app import make_app
from byocplan.emulator.clock import Clock
from byocplan.emulator.errors import SettingsError
from byocplan.emulator.faults import FaultScript, decode_rules
from byocplan.emulator.ingest.bucket import ACCESS_KEY, REGION, SECRET_KEY
from byocplan.emulator.ingest.listing import ListingWindow
from byocplan.emulator.ingest.walk import run_worker
from byocplan.emulator.limiter import RateLimiter
from byocplan.emulator.parts import explain_port, load_buckets, load_seed, open_s3, open_store
from byocplan.emulator.routes.tokens import TOKEN_PATHS
from byocplan.emulator.s3_server import S3Server, Snapshot, put_objects
from byocplan.emulator.settings import EmulatorSettings, decode_pace
from byocplan.emulator.state import EmulatorState
from byocplan.emulator.tls import write_certificate
from byocplan.emulator.wsgi import make_wsgi_server, widen_send_buffer

EMBEDDED = "embedded"
ANY_CLIENT = ("emulator", "emulator")


class Emulator:
    """A BYOC service that runs while the ``with`` block does (or from ``start`` to ``stop``)."""

    def __init__(self, settings: EmulatorSettings) -> None:
        self.settings = settings
        self.state: EmulatorState | None = None
        #: The self-signed certificate to trust, with TLS.
        self.certificate: Path | None = None
        self.s3_url = settings.s3
        self._pace = decode_pace(settings.ingest)
        self._faults = decode_rules(settings.faults)
        self._s3_server: S3Server | None = None
        self._server: Any = None
        self._folder: TemporaryDirectory[str] | None = None
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def start(self) -> Self:
        """Start S3 (when embedded), the service and the worker; returns when the ports answer.

        Raises SettingsError when a port is taken, the store or seed cannot be used, and the like; whatever was started
        before is stopped again.
        """
        with ExitStack() as started:
            started.callback(self.stop)
            self._start_parts()
            started.pop_all()
        return self

    def _start_parts(self) -> None:
        if self.settings.s3 == EMBEDDED:
            with explain_port("s3-port", self.settings.host, self.settings.s3_port):
                self._s3_server = S3Server(self.settings.host, self.settings.s3_port)
            self.s3_url = self._s3_server.url
        self._load()
        self.state = self._make_state()
        self._stopping.clear()
        if self.settings.seed is not None:
            load_seed(self.state, self.settings.seed)
        address = (self.settings.host, self.settings.port)
        server = make_wsgi_server(address, make_app(self.state), self.settings.threads)
        if self.settings.tls:
            server.ssl_adapter = self._make_tls_adapter()
        with explain_port("port", *address):
            server.prepare()
        widen_send_buffer(server)
        self._server = server
        self._run("emulator-http", server.serve)
        self._run("emulator-ingestion", run_worker, self.state, self._stopping)

    def _make_tls_adapter(self) -> Any:
        from cheroot.ssl.builtin import BuiltinSSLAdapter

        self._folder = TemporaryDirectory(prefix="byocplan-emulator-")
        self.certificate, key = write_certificate(Path(self._folder.name), self.settings.host)
        return BuiltinSSLAdapter(str(self.certificate), str(key))

    def _run(self, name: str, target: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _load(self) -> None:
        if self.settings.load is None:
            return
        if self.settings.s3 != EMBEDDED:
            raise SettingsError(
                "load: files go to the embedded S3 server alone", f"leave out the s3 {self.settings.s3!r}"
            )
        load_buckets(self.settings.load)

    def _make_state(self) -> EmulatorState:
        settings = self.settings
        rate = settings.rate_per_minute
        embedded = settings.s3 == EMBEDDED
        s3 = open_s3(self.s3_url, embedded=embedded)
        database = open_store(settings.store)
        return EmulatorState(
            settings=settings,
            pace=self._pace,
            database=database,
            clock=Clock(settings.clock, settings.clock_offset_s),
            secret=bytes.fromhex(database.get_meta("secret", secrets.token_hex(32))),
            faults=FaultScript(self._faults),
            limiter=RateLimiter(rate, settings.rate_capacity) if rate else None,
            s3=s3,
            make_listing=Snapshot if embedded else partial(ListingWindow, s3),
        )

    def stop(self) -> None:
        """Stop everything this emulator started; what it stored in a file stays."""
        self._stopping.set()
        if self.state is not None:
            self.state.work.set()
        if self._server is not None:
            self._server.stop()
        for thread in self._threads:
            thread.join()
        if self.state is not None:
            self.state.s3.close()
            self.state.database.close()
        if self._s3_server is not None:
            self._s3_server.stop()
        if self._folder is not None:
            self._folder.cleanup()
        self._server, self._s3_server, self._folder, self.state, self._threads = None, None, None, None, []

    @property
    def base_url(self) -> str:
        """The URL that ``/api/v1/byoc`` follows."""
        scheme = "https" if self.settings.tls else "http"
        host, port = self._server.bind_addr[:2]
        return f"{scheme}://{host}:{port}"

    @property
    def token_url(self) -> str:
        """The token endpoint of the main deployment."""
        return self.base_url + TOKEN_PATHS[1]

    def put_objects(self, bucket: str, objects: Iterable[tuple[str, bytes]]) -> None:
        """Put objects into a bucket of the embedded S3 server, far quicker than over HTTP; makes the bucket."""
        if self._s3_server is None:
            raise SettingsError("objects go to the embedded S3 server alone", f"leave out the s3 {self.settings.s3!r}")
        put_objects(bucket, objects)

    def exports(self) -> dict[str, str]:
        """Return the environment a client needs."""
        client_id, client_secret = (self.settings.clients or (ANY_CLIENT,))[0]
        service = {
            "SH_BASE_URL": self.base_url,
            "SH_TOKEN_URL": self.token_url,
            "SH_CLIENT_ID": client_id,
            "SH_CLIENT_SECRET": client_secret,
            "AWS_ENDPOINT_URL_S3": self.s3_url,
        }
        if self._s3_server is None:
            return service
        keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_DEFAULT_REGION": REGION}
        return service | keys
