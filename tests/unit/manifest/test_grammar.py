"""What jsonschema checks a format with is loaded by who checks that format, and by nobody else."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECK = """
import sys
from byocplan.manifest.grammar import deferring_grammar
try:
    with deferring_grammar():
        import jsonschema
        {inside}
except KeyError:
    pass
print("rfc3987_syntax" in sys.modules)
validator = jsonschema.Draft7Validator
checker = validator({{"format": "iri"}}, format_checker=validator.FORMAT_CHECKER)
print([checker.is_valid(text) for text in ("http://a/b", "no iri")], "rfc3987_syntax" in sys.modules)
"""
#: Takes the place of the package, whether that is installed or not.
PACKAGE = "def is_valid_syntax(rule, text): return rule == 'iri' and ' ' not in text\n"
HIDE = """
import sys
from importlib.machinery import PathFinder
class Hide(PathFinder):
    @classmethod
    def find_spec(cls, name, *arguments):
        return None if name == "rfc3987_syntax" else super().find_spec(name, *arguments)
sys.meta_path = [Hide if finder is PathFinder else finder for finder in sys.meta_path]
"""


def run(code: str) -> list[str]:
    code = f"import sys; sys.modules['rfc3987'] = None\n{code}"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("inside", ["pass", "raise KeyError"])
def test_the_grammar_is_loaded_when_a_format_is_checked(tmp_path: Path, inside: str) -> None:
    (tmp_path / "rfc3987_syntax.py").write_text(PACKAGE, encoding="utf-8")

    printed = run(f"sys.path.insert(0, {str(tmp_path)!r}){CHECK.format(inside=inside)}")

    assert printed == ["False", "[True, False] True"]


def test_where_the_package_is_not_installed_the_format_is_not_checked() -> None:
    assert run(HIDE + CHECK.format(inside="pass")) == ["False", "[True, True] False"]
