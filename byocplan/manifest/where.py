"""Decode ``where``: a checked tree and the pattern it narrows in, the tests out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byocplan.manifest.wording import join_words, suggest
from byocplan.model.pattern import DateRange, Where, make_date_range
from byocplan.model.source import SensingKind, SensingTime

if TYPE_CHECKING:
    from byocplan.errors import Problem
    from byocplan.manifest.nodes import Node
    from byocplan.model.pattern import PathPattern

DATE = "date"


def make_where(node: Node | None, pattern: PathPattern, sensing: SensingTime, problems: list[Problem]) -> Where:
    """Return the tests of a source; ``sensing`` says which of several times ``date`` tests."""
    if node is None:
        return Where()
    date = node.find(DATE)
    if date is not None:
        problems.extend(_check_time(date, pattern, sensing))
    return Where(
        date=_make_range(date, problems) if date is not None else None,
        fields=_make_fields(node, pattern, problems),
        time_name=sensing.field if sensing.kind is SensingKind.FIELD else None,
    )


def _check_time(date: Node, pattern: PathPattern, sensing: SensingTime) -> list[Problem]:
    names = pattern.time_names
    if not names:
        return [
            date.key.make_problem("where.date needs a time, and the pattern has none", "give it {year}, {month} ...")
        ]
    if len(names) == 1 or sensing.kind in {SensingKind.FIELD, SensingKind.AUTO}:
        return []
    quoted = join_words(f'"{{{name}}}"' for name in names)
    return [
        date.key.make_problem(
            "where.date cannot tell which of the pattern's times is meant", f"write sensingTime: {quoted}"
        )
    ]


def _make_range(date: Node, problems: list[Problem]) -> DateRange:
    first = _make_end(date, "from", problems)
    last = _make_end(date, "to", problems)
    if first.from_ms is not None and last.to_ms is not None and first.from_ms > last.to_ms:
        problems.append(date.key.make_problem("date.from is later than date.to"))
    return DateRange(first.from_ms, last.to_ms)


def _make_end(date: Node, name: str, problems: list[Problem]) -> DateRange:
    node = date.find(name)
    if node is None:
        return DateRange()
    text = str(node.value)
    try:
        return make_date_range(text, None) if name == "from" else make_date_range(None, text)
    except ValueError:
        problems.append(node.place.make_problem(f"{text} is no date", "write a day, as 2019-01-31, or a time"))
        return DateRange()


def _make_fields(node: Node, pattern: PathPattern, problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    known = {each.name for each in pattern.fields if "#" not in each.name}
    fields = {}
    for name, test in node.iter_entries():
        if name == DATE:
            continue
        if name not in known:
            hint = suggest(name, (*known, DATE)) or f"its fields: {', '.join(sorted(known)) or 'none'}"
            problems.append(test.key.make_problem(f"the pattern has no field called {name}", hint))
        texts = [str(item.value) for item in test.iter_items()] if isinstance(test.value, list) else [str(test.value)]
        fields[name] = tuple(texts)
    return fields
