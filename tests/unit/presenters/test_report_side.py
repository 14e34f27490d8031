"""Beside the report: the nights there are, the closure code, and the report as a file."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from relconsole.domain.night.answer import RunType
from relconsole.domain.night.change_facts import ClosureCode
from relconsole.domain.night.facts import RunOutcome
from relconsole.domain.night.report import ClosureRow, NightReport
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.report import present_report
from relconsole_ui.presenters.report_html import report_html
from relconsole_ui.presenters.report_side import (
    present_nights,
    present_report_side,
    recorded_note,
)
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import MARA, RUN, at
from tests.unit.presenters.test_report import made, name


@pytest.fixture(scope="module")
def stage() -> scenes.Stage:
    """A night that ended early."""
    return scenes.finished()


@pytest.fixture(scope="module")
def over(stage: scenes.Stage) -> NightReport:
    """Its report."""
    return made(stage)


def test_that_the_nights_stand_newest_first_with_how_they_stand(stage: scenes.Stage) -> None:
    seen = stage.seen()
    (night,) = present_nights(seen)
    assert (night.key, night.when, night.says) == (RUN, "Tue 21 Apr, 01:30", "finished")
    assert night.sentence == "Payments Core 2026.4 cutover, Tue 21 Apr, 01:30, finished"
    run = seen.state.runs[RUN]
    for outcome, says, status in (
        (None, "rehearsal, open", Status.RUNNING),
        (RunOutcome.STOPPED, "rehearsal, stopped", Status.NO_GO),
    ):
        changed = replace(run, outcome=outcome, rehearsal=True)
        state = replace(seen.state, runs=seen.state.runs.set(RUN, changed))
        (night,) = present_nights(replace(seen, state=state))
        assert (night.says, night.status) == (says, status)


def test_that_a_proposed_code_waits_for_a_person(stage: scenes.Stage, over: NightReport) -> None:
    side = present_report_side(over, stage.seen(), name)
    assert side.closure_title == "Closure code of CHG-48213"
    assert side.closure_says == (
        "Proposed: successful with issues",
        "Not set until a person confirms",
    )
    assert (side.note, side.may_confirm, side.proposed) == (
        "1 to do",
        True,
        "successful with issues",
    )
    assert side.codes == tuple(ClosureCode)
    assert side.goes_to == (("CHG-48213", "work note"), ("Morning call", "print"))
    assert recorded_note(side) == "7 people"


def test_that_a_confirmed_code_is_told_with_who_and_why(
    stage: scenes.Stage, over: NightReport
) -> None:
    row = ClosureRow(code=ClosureCode.PARTLY, by=MARA, at=at("02:40"), note="half of it")
    side = present_report_side(replace(over, confirmed=row), stage.seen(), name)
    assert side.closure_says == ("Confirmed: partly implemented", "Mara, 02:40", "half of it")
    assert side.note == ""
    bare = present_report_side(replace(over, confirmed=replace(row, note="")), stage.seen(), name)
    assert bare.closure_says == ("Confirmed: partly implemented", "Mara, 02:40")


def test_that_what_cannot_be_confirmed_says_why(stage: scenes.Stage, over: NightReport) -> None:
    seen = stage.seen()
    for report, viewer, why in (
        (replace(over, type=RunType.REHEARSAL), seen, "A rehearsal touches no change record"),
        (replace(over, change=""), seen, "The release has no change record"),
        (replace(over, closure=""), seen, "The night is not over"),
        (over, replace(seen, person=None), "Open your key first"),
    ):
        side = present_report_side(report, viewer, name)
        assert (side.may_confirm, side.why_not) == (False, why)
    before = present_report_side(replace(over, closure="", change="", steps=()), seen, name)
    assert before.closure_says == ("Nothing is proposed before the end.",)
    assert (before.closure_title, before.codes) == ("Closure code", ())
    assert recorded_note(before) == "nobody"


class Tags(HTMLParser):
    """What a file is made of: its tags with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [key for key, _ in attrs if key in {"src", "href"} or key.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_that_the_file_loads_nothing_runs_nothing_and_encodes_everything(
    over: NightReport,
) -> None:
    evil = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    report = replace(over, title=evil, issues=(evil,))
    found = Tags()
    found.feed(report_html(present_report(report, name), f"detail {evil}"))
    assert not {"script", "img", "link", "iframe", "object"} & set(found.tags)
    assert found.links == []
    assert evil in found.text


def test_that_the_file_holds_the_page_and_the_detail(over: NightReport) -> None:
    text = report_html(present_report(over, name), "all of it")
    assert "Successful, with issues" in text
    assert "<th>difference</th>" in text
    assert "<pre>all of it</pre>" in text
    assert "default-src &#x27;none&#x27;" in text
    assert "(warning)" in text
