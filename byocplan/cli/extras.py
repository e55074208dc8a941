"""Whether an extra is installed, and what to type when it is not."""

from __future__ import annotations

from importlib.util import find_spec

from byocplan.errors import ByocplanError


class MissingExtraError(ByocplanError):
    """Packages are needed that the core install leaves out."""

    def __init__(self, extra: str, missing: tuple[str, ...]) -> None:
        self.extra, self.missing = extra, missing
        super().__init__(f"this needs {', '.join(missing)}; install with: pip install 'byocplan[{extra}]'")


def check_extra(extra: str, *modules: str) -> None:
    """Raise MissingExtraError unless every module can be imported."""
    missing = tuple(name for name in modules if find_spec(name) is None)
    if missing:
        raise MissingExtraError(extra, missing)
