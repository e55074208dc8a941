"""What the YAML parser complains of, in plain words. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from byocplan.errors import Problem
    from byocplan.manifest.source import Source

QUOTE_HINT = "a text that begins with { [ * & ! % @ or ` or holds ': ' or ' #' needs quotes"

#: Part of the parser's words → (what to say, hint); the first that fits is taken.
_WORDS = (
    ("found undefined alias", ("an alias that names nothing", "")),
    ("found duplicate anchor", ("an anchor of this name stands above already", "give each anchor a name of its own")),
    ("found a tab", ("a tab stands where YAML allows spaces only", "indent with spaces")),
    (
        "found unexpected end of stream",
        ("a quote is opened here and never closed", "close it before the end of the line"),
    ),
    ("mapping values are not allowed", ("a second ': ' in one line", "quote the text, or mend the indentation")),
    ("did not find expected <document start>", ("text after the end of a document", "begin the next with a line ---")),
    ("could not find expected ':'", ("a key without ':'", "write KEY: VALUE, and indent with spaces")),
    (
        "did not find expected key",
        ("the indentation does not fit what is above, or a bracket is not closed", QUOTE_HINT),
    ),
    ("did not find expected '-' indicator", ("the indentation does not fit the list above", "")),
    ("did not find expected ',' or", ("a bracket is not closed, or a text in it needs quotes", QUOTE_HINT)),
    ("cannot start any token", ("a text cannot begin with this character", QUOTE_HINT)),
    ("incompatible YAML document", ("a version of YAML that is not read", "take the line %YAML away")),
    ("found unknown escape character", ("an unknown escape in a text in double quotes", "use single quotes")),
)


def describe_yaml_error(source: Source, text: str, error: yaml.YAMLError) -> Problem:
    """Return the parser's error as a problem at its place."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return _describe_reader_error(source, text, error)
    complaint = f"{error.context or ''} {error.problem or ''}".strip()
    is_opened = "end of stream" in complaint and error.context_mark is not None
    mark = error.context_mark if is_opened else error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
    if "\t" in source.get_line(line)[:column] and "token" in complaint:
        return source.make_problem(
            line, column, "not YAML: a tab stands where YAML allows spaces only", "indent with spaces"
        )
    message, hint = next((said for part, said in _WORDS if part in complaint), (complaint, QUOTE_HINT))
    return source.make_problem(line, column, f"not YAML: {message}", hint)


def _describe_reader_error(source: Source, text: str, error: yaml.YAMLError) -> Problem:
    for number, line in enumerate(source.lines, start=1):
        for column, character in enumerate(line, start=1):
            if not _PRINTABLE.match(character):
                message = f"not YAML: the control character U+{ord(character):04X}"
                return source.make_problem(number, column, message, "save the file as plain UTF-8 text")
    return source.make_problem(0, 0, f"not YAML: {error}", f"the file has {len(text)} characters")


#: Source: YAML 1.1, c-printable, less the line breaks.
_PRINTABLE = re.compile("[\t\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
