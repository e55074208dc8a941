"""The page about the emulator: its rules can be read, and its tables name every option, switch and word."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from byocplan.cli.emulator import emulator_command
from byocplan.emulator import Assumptions
from byocplan.emulator.faults import decode_rules
from byocplan.emulator.faults.rule_text import MORE_WORDS, WORDS

PAGE = (Path(__file__).parents[3] / "docs" / "emulator.md").read_text(encoding="utf-8")


def test_every_example_of_the_fault_language_can_be_read() -> None:
    (examples,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)

    assert len(decode_rules(examples)) == 8


def test_the_tables_name_every_option_switch_and_word() -> None:
    options = {option.opts[0] for option in emulator_command.params}
    switches = {f"`{each.name.replace('_', '-')}` | `{each.default}`" for each in fields(Assumptions)}
    words = {word for word in (*WORDS, *MORE_WORDS) if not re.search(rf"`[^`\n]*\b{word}\b[^`\n]*`", PAGE)}

    assert {each for each in options if each not in PAGE} == set()
    assert {each for each in switches if each not in PAGE} == set()
    assert words == set()
