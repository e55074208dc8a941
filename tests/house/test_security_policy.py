"""The threat table of SECURITY.md names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEST = re.compile(r"`(tests/[a-z_/]+\.py)::(test_\w+)`")


def test_every_test_that_the_threat_table_names_exists() -> None:
    named = TEST.findall((ROOT / "SECURITY.md").read_text(encoding="utf-8"))

    missing = [(file, name) for file, name in named if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")]

    assert len(named) > 20
    assert missing == []


def test_every_threat_has_a_test_or_a_command() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| threat")]

    assert len(rows) >= 13
    assert not [row for row in rows if not TEST.search(row) and "make audit" not in row]
