"""The message that is due next, and its draft."""

from dataclasses import replace

from relconsole.domain.console.commands import ImportWorkspace
from relconsole.domain.night.message_commands import MarkSent
from relconsole.domain.release.messages import MessagePlan
from relconsole_ui.presenters.message import present_draft, present_message
from tests.unit.presenters.night_plan import RELEASE, RUN, at, workspace
from tests.unit.presenters.scenes import Stage, before, calm, finished, rehearsed


def with_messages(*messages: MessagePlan) -> Stage:
    stage = Stage()
    found = workspace()
    plan = replace(found.releases[RELEASE], messages=messages)
    stage.do("01:00", ImportWorkspace(workspace=replace(found, releases={RELEASE: plan})))
    stage.open("01:30")
    return stage


def test_that_before_the_night_no_message_is_due() -> None:
    assert present_message(before().seen()).empty == "The night has not been opened."
    assert present_draft(before().seen()) is None


def test_that_a_release_without_messages_says_so() -> None:
    seen = with_messages().seen()
    assert present_message(seen).empty == "No message is planned."
    assert present_draft(seen) is None
    assert present_message(seen).sentence == "Next message, No message is planned."


def test_that_the_next_message_counts_down() -> None:
    rows = present_message(calm().seen())
    assert (rows.title, rows.due, rows.left, rows.tone) == (
        "Next message due",
        "02:30",
        "in 18:18",
        "",
    )
    assert rows.audience == "Support and partners, 2 by mail"
    assert (rows.state, rows.note) == ("Not sent", "1 more")
    assert present_message(calm().seen("02:26")).tone == "warn"


def test_that_a_message_that_did_not_go_out_is_overdue() -> None:
    rows = present_message(calm().seen("02:36"))
    assert (rows.left, rows.tone) == ("overdue 06:00", "warn")


def test_that_a_time_of_the_forecast_is_about() -> None:
    stage = with_messages(workspace().releases[RELEASE].messages[1])
    rows = present_message(stage.seen())
    assert rows.left.startswith("about in ")
    assert rows.audience == "Service desk, 1 by phone"
    assert rows.note == ""


def test_that_an_audience_without_recipients_is_named_alone() -> None:
    support = workspace().releases[RELEASE].messages[0]
    stage = with_messages(replace(support, to=()))
    assert present_message(stage.seen()).audience == "Support and partners"
    draft = present_draft(stage.seen())
    assert draft is not None
    assert draft.to_words == "nobody named"


def test_that_in_a_rehearsal_only_its_list_is_told() -> None:
    rows = present_message(rehearsed().seen())
    assert rows.audience == "Support and partners, 1 by mail"


def test_that_after_the_last_message_none_is_due() -> None:
    stage = finished()
    for message in ("support", "desk"):
        stage.do(
            "02:23",
            MarkSent(run=RUN, message=message, moment="end", subject="Over", body="It is over."),
        )
    assert present_message(stage.seen()).empty == "No message is due any more."
    assert present_draft(stage.seen()) is None


def test_that_the_draft_is_of_the_message_due_next_or_of_the_one_asked_for() -> None:
    seen = calm().seen()
    draft = present_draft(seen)
    assert draft is not None
    assert (draft.message, draft.title) == ("support", "Message to Support and partners")
    assert draft.to_words == "support@example.org, partners@example.org"
    assert draft.subject == "Payments Core 2026.4 cutover: under way"
    assert draft.state == "last sent 02:00"
    assert draft.is_mail
    assert [each.says for each in draft.choices] == ["Support and partners", "Service desk"]
    other = present_draft(seen, "desk")
    assert other is not None
    assert (other.is_mail, other.state) == (False, "not sent yet")
    assert present_draft(seen, "nowhere") is None
    assert seen.now == at("02:11:42")
