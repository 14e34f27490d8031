"""What cannot be done now, and why: for the actions of the table, which say it beside them."""

from __future__ import annotations

from collections.abc import Mapping

from relconsole.domain.night.bridge_facts import HoldCause
from relconsole_ui.presenters.poll import present_poll
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.presenters.standing import StandingAct, present_standing

NOT_OPEN = "the night is not open"


def present_possible(seen: Seen, *, is_conducting: bool) -> Mapping[str, str]:
    """Give why each of these actions cannot be done now, empty where it can."""
    run = seen.run
    is_open = run is not None and not run.is_over
    standing = present_standing(seen, is_conducting=is_conducting)
    needs_night = "" if is_open else NOT_OPEN
    holds = () if run is None else run.holds
    by_hand = [hold for hold in holds if hold.cause is not HoldCause.MONITORING]
    return {
        "open-night": ""
        if standing.act in {StandingAct.OPEN, StandingAct.TAKE_UP}
        else _why_not_begun(is_open=is_open),
        "leave-night": "" if is_conducting else "it is not conducted from here",
        "hold": needs_night,
        "resume": needs_night or ("" if by_hand else "nothing is held"),
        "problem": needs_night,
        "ask-next": needs_night or ("" if present_poll(seen).is_open else "no gate is open"),
    }


def _why_not_begun(*, is_open: bool) -> str:
    """Give why a night is neither opened nor taken up."""
    return "it is conducted from here" if is_open else "the night is over"
