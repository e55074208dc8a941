"""What a plan tells the next step of a workflow."""

from dataclasses import replace

import pytest

from byocplan.model.change import Action
from byocplan.model.plan import Diagnostic
from byocplan.view.step_outputs import render_step_outputs
from tests.support.plans import HASH, make_change, make_keep, make_part, make_plan, make_rail


def test_each_output_is_a_line() -> None:
    plan = make_plan(make_part(make_change()), rails=[make_rail()])

    shown = render_step_outputs(plan, "EOF")

    assert shown == (
        f"plan_hash={HASH}\nguard_hash={HASH[::-1]}\nhas_changes=true\napplyable=false\ncomplete=true\nexitcode=2\n"
    )


def test_no_changes_and_errors_have_their_codes() -> None:
    quiet = make_plan(make_keep())
    broken = make_plan(make_part(make_change(Action.UPDATE)), notes=[Diagnostic("error", "x")])

    shown = [render_step_outputs(plan, "EOF").splitlines()[-1] for plan in (quiet, broken)]

    assert shown == ["exitcode=0", "exitcode=1"]


@pytest.mark.parametrize("text", ["a\nevil=1", "x<<EOF\nevil\nEOF", "a b", "\r\nPATH=/evil", "é", "$(id)"])
def test_a_value_that_is_no_word_cannot_become_another_output(text: str) -> None:
    shown = render_step_outputs(replace(make_plan(), plan_hash=text), "EOF-1f2e").split("\n")

    assert shown[0] == "plan_hash<<EOF-1f2e"
    assert shown[2] == "EOF-1f2e"
    assert shown[3].startswith("guard_hash=")
    assert shown[1].isprintable()
