"""The bindings during an apply: each change is written to the state at once, so that no crash loses an id."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from byocplan.model.binding import Binding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from byocplan.model.address import Address
    from byocplan.model.plan import CollectionPlan
    from byocplan.model.scope import Scope
    from byocplan.state import State


class BindingBook:
    """The bindings of one deployment as last written."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._bindings = state.read()

    @property
    def deployment(self) -> str:
        """What a binding calls its deployment."""
        return self._bindings.deployment

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """All bindings, in order of address."""
        return tuple(binding for _, binding in sorted(self._bindings.by_address.items()))

    def find(self, address: Address) -> Binding | None:
        """Return the binding of an address."""
        return self._bindings.by_address.get(address)

    def put(self, binding: Binding) -> None:
        """Write a binding, unless it stands so already; its serial grows when its id or lifecycle changes."""
        before = self.find(binding.address)
        if before is not None:
            binding = replace(binding, serial=before.serial + (_identity(before) != _identity(binding)))
        if binding != before:
            self._write({**self._bindings.by_address, binding.address: binding})

    def drop(self, address: Address) -> None:
        """Remove a binding."""
        if self.find(address) is not None:
            self._write({key: each for key, each in self._bindings.by_address.items() if key != address})

    def _write(self, by_address: dict[Address, Binding]) -> None:
        # What could not be written stays known: the next write, or its rescue file, holds it too.
        self._bindings = replace(self._bindings, by_address=by_address)
        self._bindings = self._state.write(self._bindings)


def bind_collection(
    book: BindingBook, part: CollectionPlan, live_id: str, account_id: str | None = None, *, is_as_asked: bool = False
) -> None:
    """Record that the address stands for a live collection; an account that is known stays known.

    Until the tiles are done the scopes are the old and the new ones, so that whatever is made is owned.
    ``is_as_asked``: the collection's own fields are as the manifest says.
    """
    before = book.find(part.address)
    kept = before if before is not None and before.id == live_id else None
    book.put(
        make_binding(
            part,
            live_id,
            deployment=book.deployment,
            account_id=account_id or (kept.account_id if kept else None),
            scopes=_join(kept.scopes if kept else (), part.scopes),
            asked=part.asked if is_as_asked else kept.asked if kept else {},
        )
    )


def record_asked(book: BindingBook, part: CollectionPlan) -> None:
    """Record what the manifest asks of the collection's own fields, once it is so."""
    binding = book.find(part.address)
    if binding is not None:
        book.put(replace(binding, asked=dict(part.asked)))


def settle_scopes(book: BindingBook, part: CollectionPlan) -> None:
    """Record the scopes of an apply in which everything went well; a slice adds to what others recorded meanwhile."""
    binding = book.find(part.address)
    if binding is not None:
        book.put(replace(binding, scopes=_join(binding.scopes, part.scopes) if part.is_slice else part.scopes))


def make_binding(
    part: CollectionPlan,
    live_id: str,
    *,
    deployment: str,
    account_id: str | None,
    scopes: tuple[Scope, ...],
    asked: Mapping[str, str],
) -> Binding:
    """Return what is recorded of a planned collection and its live id."""
    return Binding(
        address=part.address,
        id=live_id,
        name=part.change.name,
        s3_bucket=part.change.s3_bucket,
        deployment=deployment,
        account_id=account_id,
        prevent_destroy=part.lifecycle.prevent_destroy,
        on_remove=part.lifecycle.on_remove,
        labels=dict(part.labels),
        scopes=scopes,
        asked=dict(asked),
    )


def _identity(binding: Binding) -> tuple[object, ...]:
    return binding.id, binding.prevent_destroy, binding.on_remove


def _join(old: tuple[Scope, ...], new: tuple[Scope, ...]) -> tuple[Scope, ...]:
    return (*new, *(scope for scope in old if scope not in new))
