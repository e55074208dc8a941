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
LITERALS = ("a", "_", "/", "1", "-", "a/", "ab_", ".", "", "\\[")
UNIT_TEXTS = {"Y": ("2019", "2020"), "m": ("1", "02", "2"), "d": ("1", "29", "31"), "j": ("060", "001"), "H": ("23",)}


def try_compile(text: str) -> PathPattern | None:
    """Return the pattern, None when it is refused."""
    try:
        return compile_pattern(text)
    except PatternError:
        return None


@st.composite
def draw_pattern_text(draw: DrawFn) -> str:
    """Draw fields with text between them, some of it in optional groups; may be refused."""
    parts = []
    for _ in range(draw(st.integers(1, 5))):
        part = draw(st.sampled_from(LITERALS)) + draw(st.sampled_from(FIELDS)) + draw(st.sampled_from(LITERALS))
        parts.append(f"[{part}]" if draw(st.integers(0, 4)) == 0 else part)
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
