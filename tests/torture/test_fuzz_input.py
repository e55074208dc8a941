"""Manifests and path patterns of anybody: whatever comes in, nothing but our own error classes comes out, and soon.

The laws themselves: ``tests/property/test_manifest_laws.py`` and ``test_pattern_laws.py``. Here bytes are bred: a mutant
that the reader judges in a new way is kept and changed further.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from byocplan.errors import ByocplanError, ManifestError, PatternError
from byocplan.manifest import ReadOptions, check_manifests, format_text
from byocplan.model.pattern import compile_pattern

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

SEEDS = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "unit" / "manifest").glob("*tive/*.y*ml"))]
PATTERNS = [
    "{year}/{month}/{day}/{grid}/(BAND).tif",
    "a/{**}/{t:%Y%m%d}_{n:3d}-(BAND).tiff",
    "{s:a|b}/{x:2x}{w:w}/(BAND).tif",
    "{u:%Y-%j %H}/\\{z\\}.tif",
]
BITS = [
    *(bytes([code]) for code in (0, 9, 10, 13, 27, 32, 33, 35, 37, 38, 39, 42, 45, 58, 63, 64, 91, 92, 93, 96, 123, 124, 125, 127, 255)),
    b"\xc2\x85", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"&a ", b"*a", b"<<: ", b"!!python/object:os.system ", b"${x}", b"${",
    b".nan", b"1e999", b"9" * 5000, b"0x" + b"f" * 4000, b"- " * 80, b"[" * 200, b"{a: " * 80, b"---\n", b"...\n", b"%YAML 9.9\n",
    b"2019-02-30", b"2001-99-01", b"2026-13-45", b"12:30:45", b"0b2", b"(BAND)", b"{year}", b"{a:%Y}", b"{**}", b"{n:99999999d}", b"{s:" + b"a|" * 400 + b"}", b"../", b"~", b"null",
]  # fmt: skip
ONE_TAKES_S = 5.0


def breed(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """Return a mutant: pieces put in, taken out, doubled, or from another."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randint(0, len(content))
        end = min(len(content), start + chance.choice((0, 0, 1, 3, 20)))
        piece = chance.choice(
            (chance.choice(BITS), chance.randbytes(2), content[start:end] * 2, other[start : start + 30])
        )
        content = content[:start] + piece + content[end:]
    return content[:20_000]


def fuzz(seeds: list[bytes], judge: Callable[[bytes], object], tries: int, chance: random.Random) -> int:
    """Return how many kinds of judgement were met."""
    pool, met = list(seeds), set[object]()
    for _ in range(tries):
        content = breed(chance.choice(pool), chance.choice(pool), chance)
        begun_s = time.process_time()
        verdict = judge(content)
        took_s = time.process_time() - begun_s
        assert took_s < ONE_TAKES_S, (took_s, content)
        if verdict not in met:
            met.add(verdict)
            pool.append(content)
    return len(met)


def judge_manifest(content: bytes) -> object:
    try:
        problems = check_manifests(["-"], ReadOptions(stdin=content, trust_stdin=True))
    except ByocplanError as error:
        return type(error).__name__
    return frozenset(problem.message[:12] for problem in problems)


def judge_formatting(content: bytes) -> object:
    """Return what formatting says; what it makes is formatted, and the reader judges it as it judged the original."""
    try:
        formatted = format_text("-", Path(), content.decode("utf-8", "replace"))
    except ManifestError as error:
        return type(error).__name__, error.problems[0].message[:12]
    assert format_text("-", Path(), formatted) == formatted, content
    judged = judge_manifest(formatted.encode())
    assert judged == judge_manifest(content.decode("utf-8", "replace").encode()), content
    return judged


def judge_pattern(content: bytes) -> object:
    try:
        pattern = compile_pattern(content.decode("utf-8", "surrogateescape"))
    except PatternError as error:
        return error.message[:20]
    return (len(pattern.prefixes()), pattern.has_band)


@pytest.mark.parametrize("tries", [150, pytest.param(20_000, marks=pytest.mark.sweep)])
def test_only_our_own_errors_come_out_of_the_manifest_reader(
    tries: int, chance: random.Random, figure: Callable[[str, str], None]
) -> None:
    kinds = fuzz(SEEDS, judge_manifest, tries, chance)

    figure("fuzz manifests", f"{tries:,} mutants, {kinds} kinds of judgement, foreign errors 0")
    assert kinds > 20


@pytest.mark.parametrize("tries", [150, pytest.param(20_000, marks=pytest.mark.sweep)])
def test_only_our_own_errors_come_out_of_formatting_and_what_is_meant_stays(
    tries: int, chance: random.Random, figure: Callable[[str, str], None]
) -> None:
    kinds = fuzz(SEEDS, judge_formatting, tries, chance)

    figure("fuzz formatting", f"{tries:,} mutants, {kinds} kinds of judgement, foreign errors 0")
    assert kinds > 20


@pytest.mark.parametrize("tries", [2_000, pytest.param(200_000, marks=pytest.mark.sweep)])
def test_only_our_own_errors_come_out_of_the_pattern_compiler(
    tries: int, chance: random.Random, figure: Callable[[str, str], None]
) -> None:
    kinds = fuzz([text.encode() for text in PATTERNS], judge_pattern, tries, chance)

    figure("fuzz patterns", f"{tries:,} mutants, {kinds} kinds of judgement, foreign errors 0")
    assert kinds > 5
