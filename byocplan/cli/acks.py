"""``--ack RULE@ADDRESS=N``: text in, acks out; every problem at once. Pure."""

from __future__ import annotations

from difflib import get_close_matches

from byocplan.errors import InputError, Problem
from byocplan.model.address import PREFIX, Address
from byocplan.model.rail import HARD_RULES, Ack, Rule

FORM = "write RULE@ADDRESS=N as the blocked plan prints it, for example --ack deletes@collection/s2=4170"
RULES = sorted(rule.value for rule in Rule if rule not in HARD_RULES)


def parse_acks(texts: tuple[str, ...]) -> tuple[Ack, ...]:
    """Return one ack a text; InputError with a problem for each that is none."""
    acks, problems = [], []
    for text in texts:
        try:
            acks.append(_parse_ack(text))
        except ValueError as error:
            problems.append(Problem("command line", 0, 0, f"--ack {text}: {error}", hint=FORM))
    if problems:
        raise InputError(problems)
    return tuple(acks)


def _parse_ack(text: str) -> Ack:
    subject, _, number = text.rpartition("=")
    rule, _, address = subject.partition("@")
    if rule not in RULES:
        near = get_close_matches(rule, RULES, n=1)
        raise ValueError(f"no rail is called {rule!r}" + (f"; did you mean {near[0]}?" if near else ""))
    if address and not address.startswith(PREFIX):
        raise ValueError(f"{address!r} is no address; one reads {PREFIX}NAME")
    if not number.isascii() or not number.isdigit():
        raise ValueError(f"{number!r} is no whole number")
    return Ack(Rule(rule), int(number), Address(address) if address else None)
