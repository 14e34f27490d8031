"""The line: running, stopped, or nothing to stop."""

from relconsole.domain.night.bridge_commands import StopLine
from relconsole.domain.night.step_commands import Said
from relconsole_ui.presenters.line import LineRows, present_line
from tests.unit.presenters.night_plan import JO, RUN
from tests.unit.presenters.scenes import before, calm, finished


def test_that_only_the_line_of_an_open_night_can_be_stopped() -> None:
    assert present_line(calm().seen()) == LineRows(is_stopped=False, may_stop=True)
    for seen in (before().seen(), finished().seen()):
        assert present_line(seen) == LineRows(is_stopped=False, may_stop=False)


def test_that_a_stopped_line_says_who_stopped_it_when_and_why() -> None:
    stage = calm()
    stage.do("02:12:03", StopLine(run=RUN, said=Said(note="smoke")), by=JO)
    rows = present_line(stage.seen("02:13"))
    stop = stage.state.runs[RUN].stop
    assert stop is not None
    assert rows == LineRows(
        is_stopped=True,
        may_stop=False,
        says="Jo Reyes stopped the line at 02:12:03",
        reason="smoke",
        stop=stop.fact,
        needs="two people resume it",
    )
