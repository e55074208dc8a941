"""Hypothesis strategies for path patterns and keys, over an alphabet so small that texts collide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from byocplan.errors import PatternError
from byocplan.model.pattern import PathPattern, compile_pattern
from byocplan.model.pattern.pieces import Again, Chars, Literal, Piece, Segments, Words

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

FIELDS = (
    "{f}",
    "{g}",
    "{n:d}",
    "{m:2d}",
    "{w:w}",
    "{x:2x}",
    "{s:a|ab|b1}",
    "{e:aa|b1}",
    "(BAND)",
    "{year}",
    "{month}",
    "{month:2d}",
    "{day}",
    "{doy}",
    "{t:%Y%m}",
    "{t:%Y/%-m/%-d}",
    "{t}",
    "{u:%Y-%j %H}",
    "{**}/",
)
ONCE = ("(BAND)", "{**}/")
NEED_YEAR = ("{month", "{day}", "{doy}")
LITERALS = ("a", "_", "/", "1", "-", "a/", "ab_", ".", "", "\\[")
UNIT_TEXTS = {
    "Y": ("2019",) * 4 + ("2020",),
    "m": ("1", "01", "2"),
    "d": ("1", "01", "31"),
    "j": ("001", "032"),
    "H": ("23",),
}


def try_compile(text: str) -> PathPattern | None:
    """Return the pattern, None when it is refused."""
    try:
        return compile_pattern(text)
    except PatternError:
        return None


@st.composite
def draw_pattern_text(draw: DrawFn) -> str:
    """Draw fields with text between them, some of it in optional groups; now and then it is refused."""
    parts: list[str] = []
    for name in draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=5)):
        if name in ONCE and any(name in part for part in parts):
            continue
        before = "a/" if name == "{**}/" else draw(st.sampled_from(LITERALS))
        part = before + name + draw(st.sampled_from(LITERALS[:-2] if name in FIELDS[:-1] else LITERALS))
        parts.append(f"[{part}]" if draw(st.integers(0, 4)) == 0 and name not in ONCE else part)
    if any(name in part for part in parts for name in NEED_YEAR):
        parts.insert(0, "{year}/")
    return "".join(parts) + draw(st.sampled_from((".tif", "_a.TIF", "a.tiff")))


def draw_pattern() -> st.SearchStrategy[PathPattern]:
    """Draw patterns that compile."""
    return draw_pattern_text().map(try_compile).filter(lambda pattern: pattern is not None).map(_get)


def _get(pattern: PathPattern | None) -> PathPattern:
    assert pattern is not None
    return pattern


@st.composite
def draw_key(draw: DrawFn, pattern: PathPattern) -> str:
    """Draw a key that nearly fits the pattern: one of its alternatives filled in, now and then with a change."""
    pieces = draw(st.sampled_from(pattern.alternatives)).pieces
    texts: dict[str, str] = {}
    parts = []
    for piece in pieces:
        text = texts[piece.atom.name] if isinstance(piece.atom, Again) else draw(_draw_text(piece))
        texts[piece.field or ""] = text
        parts.append(text)
    key = "".join(parts)
    if draw(st.integers(0, 3)) == 0:
        at = draw(st.integers(0, len(key)))
        key = key[:at] + draw(st.text("ab1_/.-", max_size=2)) + key[at + draw(st.integers(0, 1)) :]
    return key


def _draw_text(piece: Piece) -> st.SearchStrategy[str]:
    match piece.atom:
        case Literal(text):
            return st.just(text)
        case Words(words):
            return st.sampled_from(words)
        case Chars() if piece.unit:
            return st.sampled_from(UNIT_TEXTS[piece.unit])
        case Chars(inside, least, most):
            alphabet = {"0-9": "019", "0-9A-Fa-f": "01aB", "A-Za-z0-9_": "ab1_"}.get(inside, "ab1_.-")
            return st.text(alphabet, min_size=least, max_size=most or 4)
        case Segments():
            return st.lists(st.text("ab1", min_size=1, max_size=2)).map(lambda names: "".join(f"{n}/" for n in names))
        case Again():
            return st.nothing()
