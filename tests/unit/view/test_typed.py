"""A command to type is shown as it is, or not as a command at all."""

import pytest

from byocplan.view.clean import LONGEST
from byocplan.view.typed import render_typed

ACK = "--ack deletes@collection/s2=1"


@pytest.mark.parametrize(
    "command", ["byocplan apply", "byocplan apply --var 'a=é b' .", "byocplan apply ".ljust(LONGEST, "x")]
)
def test_a_command_that_can_be_shown_is(command: str) -> None:
    assert render_typed(command, ACK) == f"{command} {ACK}"
    assert render_typed(command, fence="`") == f"`{command}`"


@pytest.mark.parametrize("odd", ["\t", "\n", "\u200b", "\x1b[31m", " ::x", "x" * LONGEST])
def test_a_command_that_would_be_another_one_is_told_in_words(odd: str) -> None:
    why = "(too long or too odd to be shown as a command)"

    assert render_typed(f"byocplan destroy --var 'a={odd}' .", ACK, "`") == (
        f"destroy with the same options and paths {why}, and {ACK}"
    )
    assert render_typed(f"byocplan apply --plan '{odd}'") == f"apply --plan with the same file {why}"
