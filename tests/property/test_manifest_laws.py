"""Laws of reading manifests: whatever comes in, only ManifestError comes out."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from byocplan.manifest import ReadOptions, check_manifests

EXAMPLES = [
    path.read_bytes() for path in sorted((Path(__file__).parents[1] / "unit" / "manifest").glob("*tive/*.y*ml"))
]
BITS = [
    b"\n", b"\t", b"  ", b": ", b"- ", b"'", b'"', b"{", b"}", b"[", b"]", b"&a ", b"*a", b"!x ", b"|\n", b"null", b"~",
    b"<<: ", b"${", b"}", b"${x}", b".nan", b"1e999", b"9" * 400, b"0x1", b"---\n", b"...\n", b"%YAML 9.9\n", b"\x00", b"\xff",
    b"\xc2\x85", b"\xef\xbb\xbf", b"? ", b"# ", b"(BAND)", b"{year}", b"{a:%Y}", b"{**}", b"/", b"..", b"kind: Project\n",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_problems_or_manifests(content: bytes) -> None:
    problems = check_manifests(["-"], ReadOptions(stdin=content))

    assert all(problem.message for problem in problems)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_mutated_manifest_gives_problems_or_manifests(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(EXAMPLES))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 12)))
        content = content[:start] + data.draw(st.sampled_from(BITS)) + content[end:]

    problems = check_manifests(["-"], ReadOptions(stdin=content, trust_stdin=True))

    lines = content.decode("utf-8", "replace").count("\n") + content.count(b"\xc2\x85") + content.count(b"\r") + 1
    assert all(0 <= problem.line <= lines + 1 for problem in problems)
