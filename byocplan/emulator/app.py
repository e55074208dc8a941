"""The flask application: blueprints, errors as answers, faults and the request log around them."""

from functools import partial

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from byocplan.emulator.errors import NOT_FOUND, ApiError, RateLimitedError, RefusedError
from byocplan.emulator.faults.acts import begin_faults, end_faults
from byocplan.emulator.request_log import LogEntry
from byocplan.emulator.routes import admin, byoc, tokens
from byocplan.emulator.routes.answers import make_error_answer, make_rate_answer, make_refusal
from byocplan.emulator.state import EmulatorState

REQUEST_ID = "SH-Request-Id"
CODES = {404: NOT_FOUND, 405: "COMMON_METHOD_NOT_ALLOWED", 415: "COMMON_UNSUPPORTED_MEDIA_TYPE"}


def is_admin() -> bool:
    """Return whether the request is for the emulator itself."""
    return request.path.startswith(f"{admin.PREFIX}/")


def begin_request(state: EmulatorState) -> Response | None:
    """Let faults act before the service does."""
    return None if is_admin() else begin_faults(state)


def log_request(state: EmulatorState, answer: Response) -> None:
    """Note the request."""
    entry = LogEntry(
        at_s=state.clock.now_s(),
        method=request.method,
        path=request.path,
        query=request.query_string.decode("ascii", "replace"),
        status=0 if g.get("dropped") else answer.status_code,
        request_id=request.headers.get(REQUEST_ID),
        user_agent=request.headers.get("User-Agent"),
    )
    state.log.append(entry)


def end_request(state: EmulatorState, answer: Response) -> Response:
    """Let faults act after the service did, and note the request."""
    answer = end_faults(state, answer)
    if not is_admin():
        log_request(state, answer)
    if request_id := request.headers.get(REQUEST_ID):
        answer.headers[REQUEST_ID] = request_id
    return answer


def answer_http_error(problem: HTTPException) -> Response:
    """Return unknown paths and methods in the service's error shape."""
    status = problem.code or 500
    return make_error_answer(
        ApiError(status, problem.description or problem.name, CODES.get(status, "COMMON_EXCEPTION"))
    )


def make_app(state: EmulatorState) -> Flask:
    """Return the whole service as a WSGI application."""
    app = Flask("byocplan.emulator", static_folder=None)
    app.url_map.strict_slashes = False
    app.before_request(partial(begin_request, state))
    app.after_request(partial(end_request, state))
    app.register_error_handler(ApiError, make_error_answer)
    app.register_error_handler(RefusedError, make_refusal)
    app.register_error_handler(RateLimitedError, make_rate_answer)
    app.register_error_handler(HTTPException, answer_http_error)
    operations = byoc.make_byoc_blueprint(state)
    for number, prefix in enumerate(byoc.PREFIXES):
        app.register_blueprint(operations, url_prefix=prefix, name=f"byoc{number}")
    app.register_blueprint(tokens.make_token_blueprint(state))
    app.register_blueprint(admin.make_admin_blueprint(state))
    return app
