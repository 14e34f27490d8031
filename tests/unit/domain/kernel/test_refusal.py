"""A refusal gives its reasons."""

import pytest

from relconsole.domain.kernel.refusal import Reason, Refusal, refuse


def test_that_a_reason_says_what_would_lift_it() -> None:
    reason = Reason(rule="gate_open", thing="s1", says="The gate is open.", lifts="vote go")
    assert str(reason) == "The gate is open. (gate_open: s1); vote go"


def test_that_reasons_are_a_line_each() -> None:
    first = refuse("a", "x", "No.", lifts="wait").reasons[0]
    second = refuse("b", "y", "Never.").reasons[0]
    assert str(Refusal(reasons=(first, second))) == "No. (a: x); wait\nNever. (b: y)"


def test_that_no_without_a_reason_is_no_answer() -> None:
    with pytest.raises(ValueError, match="without a reason"):
        Refusal(reasons=())
