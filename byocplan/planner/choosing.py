"""Which described collections a plan is about: documents, bindings and a selection in. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from byocplan.errors import InputError, Problem
from byocplan.model.plan import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Collection as AnyCollection
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from byocplan.model.address import Address
    from byocplan.model.binding import Bindings
    from byocplan.model.collection import Collection
    from byocplan.model.selection import Selection
    from byocplan.model.targets import LabelRule, Targets

MAX_NAMED = 5
#: All addresses begin alike, so that less would say little.
CLOSE = 0.75
COMMAND_LINE = "command line"
ONLY_WHOLE = "removals are planned only where neither --target nor --exclude nor --selector is given"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is selected of each collection that is planned, and what the reader should know of the others."""

    selections: Mapping[Address, Selection] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def choose_collections(collections: Sequence[Collection], bindings: Bindings, selection: Selection) -> Chosen:
    """Return what is selected of which collection.

    Raises InputError, with all problems, for an address that no document has, and for labels that select nothing.
    """
    if selection.targets.is_all:
        return Chosen({each.address: selection for each in collections})
    labels = {each.address: each.labels for each in collections}
    bound_alone = {key: each.labels for key, each in bindings.by_address.items() if key not in labels}
    taken = list_selected(selection.targets, labels, bound_alone.keys())
    narrowed = {key: selection.narrow(key, labels[key]) for key in taken}
    removed = [key for key, own in bound_alone.items() if selection.targets.find_paths(key, own) is not None]
    chosen = {key: each for key, each in narrowed.items() if each is not None}
    return Chosen(chosen, tuple(_iter_left_out(labels.keys() - chosen.keys(), removed)))


def list_selected(
    targets: Targets, labels: Mapping[Address, Mapping[str, str]], bound_alone: AnyCollection[Address] = ()
) -> list[Address]:
    """Return the addresses of ``labels`` of which anything is selected; ``bound_alone`` have no document any more.

    Raises InputError, with all problems, for an address that is none of these, and where nothing is left.
    """
    problems = [*_iter_unknown(targets, labels.keys(), bound_alone)]
    selected = [key for key, own in labels.items() if targets.find_paths(key, own) is not None]
    if not problems and not selected:
        problems.append(_make_nothing(targets, labels.values()))
    if problems:
        raise InputError(problems)
    return selected


def _iter_unknown(
    targets: Targets, known: AnyCollection[Address], bound_alone: AnyCollection[Address]
) -> Iterator[Problem]:
    """Yield a problem for each address that is like no known one."""
    for option, asked in (("--target", targets.targets), ("--exclude", targets.excludes)):
        for target in asked:
            if any(map(target.names, known)):
                continue
            near = get_close_matches(target.address, known, n=1, cutoff=CLOSE)
            hint = f"did you mean {near[0]}?" if near else f"there are {_name_some(known)}"
            gone = next(filter(target.names, sorted(bound_alone)), None)
            if gone is not None:
                hint = f"{gone} is bound and has no document any more; {ONLY_WHOLE}"
            yield Problem(COMMAND_LINE, 0, 0, f"{option} {target.text}: there is no such address", hint=hint)


def _make_nothing(targets: Targets, labels: Iterable[Mapping[str, str]]) -> Problem:
    """Return why nothing at all is selected."""
    known = sorted({f"{key}={value}" for each in labels for key, value in each.items()})
    unmet = next((rule for rule in targets.labels if not any(map(rule.holds, labels))), None)
    what = f"--selector {unmet.text}: no collection has such labels" if unmet else "the options leave nothing selected"
    return Problem(COMMAND_LINE, 0, 0, what, hint=_advise(unmet, known) if unmet else "take one of them back")


def _advise(unmet: LabelRule, known: Sequence[str]) -> str:
    near = get_close_matches(unmet.text, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {_name_some(known)}"


def _iter_left_out(others: AnyCollection[Address], removed: AnyCollection[Address]) -> Iterator[Diagnostic]:
    if others:
        yield Diagnostic("warning", f"not selected and left out: {_name_some(others)}")
    if removed:
        yield Diagnostic(
            "warning", f"bound, without a document, and left as it is: {_name_some(removed)}; {ONLY_WHOLE}"
        )


def _name_some(names: AnyCollection[str]) -> str:
    named = sorted(names)
    more = f" and {len(named) - MAX_NAMED:,} more" if len(named) > MAX_NAMED else ""
    return f"{', '.join(named[:MAX_NAMED])}{more}" if named else "none"
