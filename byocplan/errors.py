"""The whole error tree.

ByocplanError                 exit 1
├── InputError                exit 3   problems of manifests and arguments, collected
│   ├── ManifestError
│   ├── PatternError
│   ├── ArgumentError
│   └── AddressError                   an address of the service that is none
├── AccessError               exit 4   authentication or permission
├── BlockedError              exit 5   a rail, a conflict of ownership, a policy
├── StaleError                exit 6   plan stale, expired, damaged, or another hash
├── LeaseHeldError            exit 8   another run holds the lease
├── StoppedError              exit 7   the run was stopped before this was begun
├── StateError                exit 1   state that cannot be read or written
│   └── LeaseLostError        exit 8   the lease on it is gone while it was held
├── OutputError              exit 1   a file or stream for the user that cannot be written
├── UnreachableError          exit 1   API or S3 did not answer
├── AnswerError               exit 1   the API answered with something that cannot be read
├── BucketError               exit 1   S3 answered, but not with the bucket
├── FileError                 exit 1   one file that cannot be read or is no COG; mostly a verdict, not an end
├── OutputError               exit 1   standard output is closed or full, and a question hangs on what it shows
├── FormatError               exit 1   values that a path pattern cannot have captured
├── ClosedError               exit 1   a plan that was asked for tiles after it was closed (Python alone)
└── ApiError                  exit 1   the BYOC API refused a request
    ├── NotFoundError
    ├── ConflictError
    └── AmbiguousError                 the request may or may not have been carried out

Every error says what, where and what to do next; its exit code is a class attribute, so that the
boundary of the command line needs no table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


class ByocplanError(Exception):
    """Anything byocplan itself raises."""

    exit_code: ClassVar[int] = 1

    def __reduce__(self) -> tuple[object, ...]:
        """Let errors cross processes: their arguments are not the text that Python would make them of again."""
        return _restore, (type(self), self.args, self.__dict__)


def _restore(kind: type[ByocplanError], args: tuple[object, ...], attributes: dict[str, object]) -> ByocplanError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(attributes)
    return error


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the input, and where.

    ``line`` and ``column`` count from 1; 0 means the whole file. ``pointer`` is a JSON pointer into the document.
    ``snippet`` is the source line, unaltered.
    """

    file: str
    line: int
    column: int
    message: str
    pointer: str = ""
    snippet: str = ""
    hint: str = ""
    is_warning: bool = False

    @property
    def place(self) -> str:
        """``file:line:column``, as editors and terminals link it."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class InputError(ByocplanError):
    """The input is not valid; holds every problem found, not the first alone."""

    exit_code: ClassVar[int] = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(
            f"{count} problem{'' if count == 1 else 's'} in the input; mend and run `byocplan validate` again"
        )


class ManifestError(InputError):
    """Manifests that cannot be used."""


class PatternError(InputError):
    """A path pattern that cannot be used; ``position`` counts characters of ``text`` from 0."""

    def __init__(self, text: str, position: int, message: str) -> None:
        self.text, self.position, self.message = text, position, message
        super().__init__([Problem("path pattern", 1, position + 1, message, snippet=text)])
        self.args = (f"path pattern {text!r}, character {position + 1}: {message}",)


class FormatError(ByocplanError):
    """Values that a path pattern could not have captured, so that it makes no path of them."""

    def __init__(self, text: str, message: str) -> None:
        self.text, self.message = text, message
        super().__init__(f"path pattern {text!r} cannot format these values: {message}")


class ClosedError(ByocplanError):
    """Tiles of an open plan were asked for after it was closed."""

    def __init__(self) -> None:
        super().__init__("the plan is closed and its tiles are gone; plan again, and ask inside the with block")


class ArgumentError(InputError):
    """An argument or option that cannot be used."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__([Problem("command line", 0, 0, message, hint=hint)])


class AddressError(InputError):
    """An address of the service that is none; ``source`` is the variable or the field that it came from."""

    def __init__(self, source: str, what: str, mend: str) -> None:
        self.source, self.what, self.mend = source, what, mend
        super().__init__([Problem(source, 0, 0, what, hint=mend)])
        self.args = (f"{source}: {what}; {mend}",)


class AccessError(ByocplanError):
    """Credentials are missing, wrong, or not allowed to do this."""

    exit_code: ClassVar[int] = 4

    def __init__(self, what: str, mend: str) -> None:
        self.what, self.mend = what, mend
        super().__init__(f"{what}; {mend}")


class BlockedError(ByocplanError):
    """Nothing was written because a rail or a conflict of ownership stands in the way."""

    exit_code: ClassVar[int] = 5


class StaleError(ByocplanError):
    """The plan does not fit the present state any more; ``differences`` says in what, one text each."""

    exit_code: ClassVar[int] = 6

    def __init__(self, where: str, differences: Sequence[str], mend: str = "make a new plan and review it") -> None:
        self.where, self.differences, self.mend = where, tuple(differences), mend
        super().__init__(f"{where}: {'; '.join(self.differences)}; {mend}")


class LeaseHeldError(ByocplanError):
    """Another run holds the lease on this state."""

    exit_code: ClassVar[int] = 8

    def __init__(self, holder: str, since: str, until: str = "", mend: str = "wait for it to end") -> None:
        self.holder, self.since, self.until, self.mend = holder, since, until, mend
        known = f", until {until} unless renewed" if until else ""
        super().__init__(f"another apply holds the lease: {holder}, since {since}{known}; {mend}")


class StoppedError(ByocplanError):
    """The run was stopped before this request was sent."""

    exit_code: ClassVar[int] = 7

    def __init__(self) -> None:
        super().__init__("the run was stopped before this was begun; run again to go on")


class StateError(ByocplanError):
    """State that cannot be read or written."""

    def __init__(self, where: str, what: str, mend: str) -> None:
        self.where, self.what, self.mend = where, what, mend
        super().__init__(f"{where}: {what}; {mend}")


class LeaseLostError(StateError):
    """The lease is gone while it was held: another run may write now, so this one may not."""

    exit_code: ClassVar[int] = 8

    def __init__(
        self, where: str, cause: str, mend: str = "nothing more is written; run again when no other apply runs"
    ) -> None:
        self.cause = cause
        super().__init__(where, f"the lease was lost: {cause}", mend)


class SpaceError(ByocplanError):
    """The tiles of a run fit neither into the memory it may take nor into its temporary files."""

    def __init__(self, where: str, what: str, mend: str) -> None:
        self.where, self.what, self.mend = where, what, mend
        super().__init__(f"{where}: {what}; {mend}")


class OutputError(ByocplanError):
    """A file that was asked for cannot be written, and what was in its place is as it was; or a stream."""

    def __init__(self, where: str, what: str, mend: str) -> None:
        self.where, self.what, self.mend = where, what, mend
        super().__init__(f"{where}: {what}; {mend}")


class UnreachableError(ByocplanError):
    """A service did not answer."""

    def __init__(self, service: str, url: str, cause: str, mend: str) -> None:
        self.service, self.url, self.cause, self.mend = service, url, cause, mend
        super().__init__(f"cannot reach {service} at {url}: {cause}; {mend}")


class AnswerError(ByocplanError):
    """The API answered, but not with what its documents say."""

    def __init__(self, request: str, what: str) -> None:
        self.request, self.what = request, what
        super().__init__(
            f"the answer to {request} cannot be read: {what}; check that the address is that of a BYOC service"
        )


class BucketError(ByocplanError):
    """S3 answered, but the bucket cannot be listed or read."""

    def __init__(self, bucket: str, what: str, mend: str) -> None:
        self.bucket, self.what, self.mend = bucket, what, mend
        super().__init__(f"s3://{bucket}: {what}; {mend}")


class FileError(ByocplanError):
    """One file cannot be read, or its header not; ``rule`` names what it breaks, in the words of preflight."""

    def __init__(self, rule: str, what: str) -> None:
        self.rule, self.what = rule, what
        super().__init__(f"{what}; mend or replace the file")


class ApiError(ByocplanError):
    """The BYOC API refused a request.

    ``status`` is the HTTP status, ``code`` the API's own (``COMMON_BAD_PAYLOAD``) or empty, ``details`` one text a
    violation. The texts come from outside: they are sanitised where they are shown.
    """

    def __init__(self, request: str, status: int, message: str, code: str = "", details: Sequence[str] = ()) -> None:
        self.request, self.status, self.message, self.code = request, status, message, code
        self.details = tuple(details)
        tail = f" ({'; '.join(self.details)})" if self.details else ""
        super().__init__(f"{request} was refused with {status}: {message}{tail}")


class NotFoundError(ApiError):
    """404: no such collection or tile."""


class ConflictError(ApiError):
    """409: the path or name is taken."""


class AmbiguousError(ByocplanError):
    """The request was sent but its answer never came: it may have been carried out. Look before repeating."""

    def __init__(self, request: str, cause: str) -> None:
        self.request, self.cause = request, cause
        super().__init__(
            f"no clear answer to {request}: {cause}; it may have been carried out, so run again to find out"
        )
