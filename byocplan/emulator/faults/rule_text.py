"""The fault language: one rule a line, ``METHOD PATH word=value ...``. Text in, faults out. Pure.

POST */tiles nth=3 drop=after
GET */tiles every=4 status=503
POST */tiles p=0.3 seed=7 drop=half
"""

import re
import shlex
from collections.abc import Callable
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any, get_args
from urllib.parse import urlsplit

from byocplan.emulator.errors import FaultRuleError
from byocplan.emulator.faults.fault import Drop, Fault, Mangling, Order, OtherWrite, Span, When, WriteKind

METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")
LEAST_STATUS, LAST_STATUS = 200, 599
REDIRECT = 302
HEADER = "header."
WHEN_WORDS = frozenset(each.name for each in fields(When))
Value = Any


def read_whole(text: str, least: int = 0) -> int:
    """Return a whole number; raises ValueError."""
    if not (text.isascii() and text.isdecimal() and int(text) >= least):
        raise ValueError(f"a whole number from {least}")
    return int(text)


def read_seconds(text: str) -> float:
    """Return seconds, which may be written with an ``s``; raises ValueError."""
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?s?", text, re.ASCII):
        raise ValueError("seconds, such as 1.5")
    return float(text.removesuffix("s"))


def read_positive_seconds(text: str) -> float:
    """Return seconds that have passed; raises ValueError."""
    if text.startswith("-"):
        raise ValueError("seconds, such as 1.5")
    return read_seconds(text)


def read_span(text: str) -> Span:
    """Return ``10s`` or ``3reads``; raises ValueError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)s|(\d+)reads?", text, re.ASCII)
    if match is None:
        raise ValueError("10s (seconds) or 3reads")
    return Span(seconds=float(match[1])) if match[1] else Span(reads=int(match[2]))


def read_probability(text: str) -> float:
    """Return a number from 0 to 1; raises ValueError."""
    if not re.fullmatch(r"0?\.\d+|[01](\.0+)?", text, re.ASCII):
        raise ValueError("a number from 0 to 1")
    return float(text)


def read_status(text: str) -> int:
    """Return a status; raises ValueError."""
    if not (text.isascii() and text.isdecimal() and LEAST_STATUS <= int(text) <= LAST_STATUS):
        raise ValueError(f"a status from {LEAST_STATUS} to {LAST_STATUS}")
    return int(text)


def read_url(text: str) -> str:
    """Return an absolute http address; raises ValueError."""
    if urlsplit(text).scheme not in {"http", "https"} or not urlsplit(text).netloc:
        raise ValueError("an absolute http address")
    return text


def read_yes(text: str) -> bool:
    """Return yes or no; raises ValueError."""
    if text not in {"yes", "no"}:
        raise ValueError("yes or no")
    return text == "yes"


def read_one_of(kind: object) -> Callable[[str], str]:
    """Return a reader of the words that a Literal allows."""

    def read(text: str) -> str:
        if text not in get_args(kind):
            raise ValueError(" or ".join(get_args(kind)))
        return text

    return read


def read_paging(text: str) -> bool:
    """Return whether pages are cut by offset; raises ValueError."""
    if text not in {"key", "offset"}:
        raise ValueError("key or offset")
    return text == "offset"


#: Word, the field it sets, and how its value is read.
WORDS: dict[str, tuple[str, Callable[[str], Value]]] = {
    "after": ("after", read_whole),
    "times": ("times", lambda text: read_whole(text, 1)),
    "nth": ("nth", lambda text: tuple(read_whole(each, 1) for each in text.split(","))),
    "every": ("every", lambda text: read_whole(text, 1)),
    "p": ("p", read_probability),
    "seed": ("seed", read_whole),
    "status": ("status", read_status),
    "body": ("body", str),
    "type": ("content_type", str),
    "delay": ("delay_s", read_positive_seconds),
    "drop": ("drop", read_one_of(Drop)),
    "answer": ("answer", read_one_of(Mangling)),
    "commit": ("is_committed", read_yes),
    "expire-tokens": ("expires_tokens", read_yes),
    "clock": ("clock_s", read_seconds),
    "next": ("next_url", read_url),
    "hide": ("hide", read_span),
    "linger": ("linger", read_span),
    "order": ("order", read_one_of(Order)),
    "paging": ("by_offset", read_paging),
}
#: Words that set a header, or are done by another client.
MORE_WORDS = ("retry-after", "redirect", *get_args(WriteKind))
#: Words that say when, or what of a rule that does something else: a rule of these alone does nothing.
MODIFIERS = {*WHEN_WORDS, "type", "commit"}


def make_path_expression(glob: str) -> str:
    """Return the regular expression of a path in which ``*`` stands for anything."""
    return f"^{'.*'.join(map(re.escape, glob.split('*')))}$"


def read_other_write(kind: Any, text: str) -> OtherWrite:
    """Return what another client does: a count, or a path."""
    return OtherWrite(kind, count=int(text)) if text.isascii() and text.isdecimal() else OtherWrite(kind, path=text)


def add_word(fault: Fault, word: str, text: str) -> Fault:
    """Return the fault with one more word. Raises KeyError for unknown words, ValueError with what was expected."""
    if word.startswith(HEADER):
        return replace(fault, headers={**fault.headers, word.removeprefix(HEADER): text})
    if word == "retry-after":
        return replace(fault, headers={**fault.headers, "Retry-After": text})
    if word == "redirect":
        moved = {**fault.headers, "Location": read_url(text)}
        return replace(fault, status=fault.status or REDIRECT, body=fault.body or "", headers=moved)
    if word in get_args(WriteKind):
        return replace(fault, other_writes=(*fault.other_writes, read_other_write(word, text)))
    name, read = WORDS[word]
    value = read(text)
    if word in WHEN_WORDS:
        return replace(fault, when=replace(fault.when, **{name: value}))
    return replace(fault, **{name: value})


def decode_rule(text: str, line: int = 1) -> Fault:
    """Return the fault of one rule. Raises FaultRuleError, which names the rule."""
    try:
        parts = shlex.split(text)
    except ValueError as problem:
        raise FaultRuleError(text, line, f"cannot be split into words ({problem})") from None
    if len(parts) < 3 or any(  # noqa: PLR2004
        method not in METHODS for method in parts[0].split(",") if parts[0] != "*"
    ):
        raise FaultRuleError(text, line, "must be METHOD PATH word=value ..., such as: POST */tiles nth=3 drop=after")
    method, path = "" if parts[0] == "*" else parts[0], parts[1]
    fault = Fault(method, make_path_expression(path), with_query="?" in path, text=text)
    words = []
    for part in parts[2:]:
        word, equals, value = part.partition("=")
        words.append(word)
        try:
            fault = add_word(fault, word, value if equals else "yes")
        except KeyError:
            raise FaultRuleError(text, line, describe_unknown(word)) from None
        except ValueError as problem:
            raise FaultRuleError(text, line, f"{word}={value!r} must be {problem}") from None
    if not set(words) - MODIFIERS:
        raise FaultRuleError(text, line, "says when but not what to do; add drop, status, delay ...")
    if "seed" in words and "p" not in words and not fault.other_writes and fault.order != "shuffled":
        raise FaultRuleError(text, line, "has a seed but nothing that is drawn; add p=0.3")
    return fault


def describe_unknown(word: str) -> str:
    """Return what to say of an unknown word."""
    known = sorted({*WORDS, *MORE_WORDS, f"{HEADER}NAME"})
    near = get_close_matches(word, known, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"unknown word {word!r}{hint} Known: {', '.join(known)}"


def decode_rules(text: str) -> tuple[Fault, ...]:
    """Return the faults of a text: one rule a line, empty lines and lines that begin with ``#`` left out."""
    lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return tuple(decode_rule(line, number) for number, line in lines if line and not line.startswith("#"))
