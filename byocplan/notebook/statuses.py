"""What ``status`` returns: the live collections of a project, and what of it is not bound. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.model.live_status import LiveStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Statuses(list[LiveStatus]):
    """The status of each live collection, in order of address; ``print`` gives the text of ``byocplan status``.

    ``unbound`` says by address why what is described stands for no live collection although there may be one, and what
    binds it.
    """

    def __init__(self, found: Iterable[LiveStatus], unbound: Mapping[str, str]) -> None:
        super().__init__(found)
        self.unbound = dict(unbound)

    def __str__(self) -> str:
        """Return the text of ``byocplan status``."""
        from byocplan.view.live_status import render_status
        from byocplan.view.style import Style

        return render_status(self, Style(), self.unbound)
