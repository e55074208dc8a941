"""Changing bindings by hand: a state in, the changed binding out. Reads and writes the state under its lease."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from byocplan.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from byocplan.model.address import Address
    from byocplan.model.binding import Binding, Bindings
    from byocplan.state import LeaseTerms, State


def get_binding(bindings: Bindings, address: Address) -> Binding:
    """Return the binding of an address. Raises ArgumentError, with the nearest one, when it has none."""
    binding = bindings.by_address.get(address)
    if binding is not None:
        return binding
    near = get_close_matches(address, bindings.by_address, n=1)
    hint = f"did you mean {near[0]}?" if near else "`byocplan state list` shows what is bound"
    raise ArgumentError(f"{address} is not bound", hint)


def move_binding(state: State, run_id: str, terms: LeaseTerms, old: Address, new: Address) -> Binding:
    """Give the binding of ``old`` to ``new``, with its id, scopes, labels and serial, and return it."""
    with state.lease(run_id, terms):
        bindings = state.read()
        moved = replace(get_binding(bindings, old), address=new)
        if new in bindings.by_address:
            hint = f"it stands for {bindings.by_address[new].id}; `byocplan state rm {new}` forgets that"
            raise ArgumentError(f"{new} is bound already", hint)
        rest = {address: each for address, each in bindings.by_address.items() if address != old}
        state.write(replace(bindings, by_address={**rest, new: moved}))
    return moved


def forget_binding(
    state: State, run_id: str, terms: LeaseTerms, address: Address, approve: Callable[[Binding], bool]
) -> Binding | None:
    """Forget the binding of an address, if ``approve`` says so, and return it; None when it declined."""
    with state.lease(run_id, terms):
        bindings = state.read()
        binding = get_binding(bindings, address)
        if not approve(binding):
            return None
        rest = {each: kept for each, kept in bindings.by_address.items() if each != address}
        state.write(replace(bindings, by_address=rest))
    return binding
