"""Faults: a small language in, what is done to which request out. See docs/emulator.md."""

from byocplan.emulator.faults.fault import Fault
from byocplan.emulator.faults.rule_text import decode_rules
from byocplan.emulator.faults.script import FaultScript, decode_fault

__all__ = ["Fault", "FaultScript", "decode_fault", "decode_rules"]
