"""The emulator's own errors. Pure."""

from http import HTTPStatus

BAD_PAYLOAD = "COMMON_BAD_PAYLOAD"
NOT_FOUND = "COMMON_NOT_FOUND"
UNIQUE_KEY_VIOLATION = "COMMON_UNIQUE_KEY_VIOLATION"


class EmulatorError(Exception):
    """Anything the emulator says about itself."""


class SettingsError(EmulatorError):
    """A setting has a value that cannot be used: ``what`` says which and why, ``mend`` what to do."""

    def __init__(self, what: str, mend: str) -> None:
        self.what, self.mend = what, mend
        super().__init__(f"{what}; {mend}")


class FaultRuleError(EmulatorError):
    """A rule of the fault language that cannot be used."""

    def __init__(self, rule: str, line: int, problem: str) -> None:
        self.rule, self.line, self.problem = rule, line, problem
        super().__init__(f"fault rule in line {line}, `{rule}`: {problem}")


class ApiError(EmulatorError):
    """A request is answered with an error body.

    ``violations`` are pairs of parameter and violation, as the service lists them under ``errors``.
    """

    def __init__(
        self, status: int, message: str, code: str = BAD_PAYLOAD, violations: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self.status, self.message, self.code, self.violations = status, message, code, violations
        super().__init__(message)

    def encode(self) -> dict[str, object]:
        """Return the wrapped body. Source: BYOC OpenAPI, RestErrorWrapper."""
        error: dict[str, object] = {
            "status": self.status,
            "reason": HTTPStatus(self.status).phrase,
            "message": self.message,
            "code": self.code,
        }
        if self.violations:
            error["errors"] = [{"parameter": where, "violation": what} for where, what in self.violations]
        return {"error": error}


class RefusedError(EmulatorError):
    """A request is answered with 401 or 403, which carry no body."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(HTTPStatus(status).phrase)


class RateLimitedError(EmulatorError):
    """A request is answered with 429; the wait is in whole milliseconds."""

    def __init__(self, retry_after_ms: int) -> None:
        self.retry_after_ms = retry_after_ms
        super().__init__("You have exceeded your rate limit")


def make_bad_payload(parameter: str, violation: str) -> ApiError:
    """Return the 400 for one wrong field or query parameter."""
    return ApiError(400, f"{parameter}: {violation}", BAD_PAYLOAD, ((parameter, violation),))


def make_not_found(what: str, name: str) -> ApiError:
    """Return the 404 for a collection or tile."""
    return ApiError(404, f"{what} {name} was not found.", NOT_FOUND)
