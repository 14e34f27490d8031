"""A transition is done once and by its own effect, whoever else writes, wherever it breaks off."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final, TypeVar

import pytest

from relconsole.domain.kernel.errors import RelconsoleError
from relconsole.domain.kernel.ids import EffectId, SystemId
from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.context import Context
from relconsole.plugin_api.effects import (
    Acknowledged,
    EffectRequest,
    Found,
    NotFound,
    TargetRefused,
)
from relconsole.plugin_api.errors import BadAnswer, Busy, CredentialRefused
from relconsole.plugin_api.itsm import CHANGE_TRANSITION
from relconsole.plugin_api.secret import Secret
from relconsole.plugin_process.guarded_http import GuardedHttp
from relconsole_plugins.request_tracker.plugin import Plugin
from tests.plugins.request_tracker.servers import Tracker
from tests.plugins.serving import Answering, Asked, Said, as_json, serving

Given = TypeVar("Given")
EFFECT: Final = EffectId("0190aaaabbbbccccddddeeeeffff0001")
DONE: Final = Acknowledged(remote=f"1#{EFFECT}")
FORBIDDEN: Final = as_json({"message": "Forbidden"}, 403)


def _tracker() -> Tracker:
    tracker = Tracker()
    tracker.add()
    return tracker


def _moved(tracker: Tracker, who: str, old: str, new: str) -> None:
    """Let somebody bring the ticket from one state to another."""
    tracker.tickets[1]["Status"] = new
    tracker.happened(1, "Status", who, Field="Status", OldValue=old, NewValue=new)


def _perform(
    answer: Answering, state: str = "assess", effect: EffectId = EFFECT, *, before: str = ""
) -> Acknowledged | TargetRefused | RelconsoleError:
    """Give what comes of a transition, an error too."""
    payload: dict[str, Json] = {"change": "1", "from": before, "state": state}
    request = EffectRequest(id=effect, kind=CHANGE_TRANSITION, payload=payload)
    return _asked(answer, lambda it: it.perform(request))


def _find(answer: Answering, effect: EffectId = EFFECT) -> Found | NotFound | RelconsoleError:
    return _asked(answer, lambda it: it.find(CHANGE_TRANSITION, effect))


def _asked(
    answer: Answering, call: Callable[[Plugin], Awaitable[Given]]
) -> Given | RelconsoleError:
    async def play() -> Given | RelconsoleError:
        with serving(answer) as url:
            http = GuardedHttp(url)
            context = Context(
                system=SystemId("itsm"),
                url=url,
                settings={
                    "queue": "Changes",
                    "approval_queue": "___Approvals",
                    "sign_in": "basic",
                },
                folder="/nowhere",
                secret=Secret("console:secret"),
                http=http,
                now=lambda: datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
            )
            try:
                return await call(Plugin(context))
            except RelconsoleError as error:
                return error
            finally:
                await http.close()

    return asyncio.run(play())


def _states(tracker: Tracker) -> list[tuple[str, str]]:
    return [
        (one["Creator"]["id"], one["NewValue"])
        for one in tracker.histories[1]
        if one["Type"] == "Status"
    ]


def test_that_a_ticket_is_moved_only_from_the_state_that_was_meant() -> None:
    tracker = _tracker()
    _moved(tracker, "ilka", "new", "canceled")
    refused = _perform(tracker.answer, before="new")
    assert isinstance(refused, TargetRefused)
    assert refused.reason.startswith("ticket 1 is canceled, by ilka at ")
    assert refused.reason.endswith(", not new; it was left so")
    assert (tracker.comments(EFFECT), _states(tracker)) == (0, [("ilka", "canceled")])
    assert _perform(tracker.answer, before="Canceled") == DONE


def test_that_a_ticket_that_changed_meanwhile_is_read_again() -> None:
    tracker, between = _tracker(), ["one word", "another word"]

    def answer(asked: Asked) -> Said:
        if asked.method == "PUT" and between:
            tracker.happened(1, "Comment", "ilka", Data=between.pop())
        return tracker.answer(asked)

    assert _perform(answer) == DONE
    assert tracker.comments(EFFECT) == 1
    assert _states(tracker) == [("console", "assess")]


def test_that_a_ticket_that_changes_always_is_left() -> None:
    tracker = _tracker()

    def answer(asked: Asked) -> Said:
        if asked.method == "PUT":
            tracker.happened(1, "Comment", "ilka", Data="and again")
        return tracker.answer(asked)

    assert isinstance(_perform(answer), Busy)
    assert _states(tracker) == []
    assert _find(tracker.answer) == NotFound()


@pytest.mark.parametrize("state", ["assess", "canceled"])
def test_that_what_somebody_else_did_is_left_and_named(state: str) -> None:
    tracker = _tracker()

    def answer(asked: Asked) -> Said:
        if asked.method == "PUT" and not _states(tracker):
            _moved(tracker, "ilka", "new", state)
        return tracker.answer(asked)

    said = _perform(answer)
    assert isinstance(said, TargetRefused)
    assert f"is {state}, by ilka at 2026-11-20T11:39:32Z" in said.reason
    assert _states(tracker) == [("ilka", state)]
    assert _find(tracker.answer) == NotFound()


def test_that_a_transition_that_broke_off_is_ended_without_a_second_comment() -> None:
    tracker = _tracker()

    def answer(asked: Asked) -> Said:
        return Said(status=502) if asked.method == "PUT" else tracker.answer(asked)

    assert isinstance(_perform(answer), BadAnswer)
    assert _find(tracker.answer) == NotFound()
    assert _perform(tracker.answer) == DONE
    assert _perform(tracker.answer) == DONE
    assert _find(tracker.answer) == Found(remote=DONE.remote)
    assert (tracker.comments(EFFECT), _states(tracker)) == (1, [("console", "assess")])


def test_that_what_was_sent_is_never_refused_for_want_of_a_look_at_it() -> None:
    tracker = _tracker()

    def answer(asked: Asked) -> Said:
        is_after = bool(_states(tracker))
        return FORBIDDEN if is_after and asked.method == "GET" else tracker.answer(asked)

    assert isinstance(_perform(answer), BadAnswer)
    assert _states(tracker) == [("console", "assess")]


def test_that_a_change_that_the_history_does_not_explain_is_unknown() -> None:
    tracker = _tracker()

    def answer(asked: Asked) -> Said:
        if asked.method == "PUT":
            tracker.tickets[1]["Status"] = "assess"
            return as_json(["Ticket 1: Status changed from 'new' to 'assess'"])
        return tracker.answer(asked)

    assert isinstance(_perform(answer), BadAnswer)


def test_that_an_account_that_sees_no_comments_moves_nothing() -> None:
    tracker = _tracker()

    def answer(asked: Asked) -> Said:
        if asked.path.endswith("/history"):
            hidden = Tracker()
            hidden.histories[1] = [one for one in tracker.histories[1] if one["Type"] != "Comment"]
            return hidden.answer(asked)
        return tracker.answer(asked)

    said = _perform(answer)
    assert isinstance(said, CredentialRefused)
    assert "ShowTicketComments" in str(said)
    assert (tracker.comments(EFFECT), _states(tracker)) == (1, [])


def test_that_an_effect_is_not_done_by_a_later_one() -> None:
    tracker, other = _tracker(), EffectId("0190aaaabbbbccccddddeeeeffff0002")

    def answer(asked: Asked) -> Said:
        return as_json(["No."]) if asked.method == "PUT" else tracker.answer(asked)

    assert _perform(answer) == TargetRefused(reason="No.")
    assert _perform(tracker.answer, effect=other) == Acknowledged(remote=f"1#{other}")
    assert _find(tracker.answer) == NotFound()
    assert _find(tracker.answer, other) == Found(remote=f"1#{other}")


def test_that_an_effect_gives_way_to_a_later_one() -> None:
    tracker, other = _tracker(), EffectId("0190aaaabbbbccccddddeeeeffff0002")

    def answer(asked: Asked) -> Said:
        return as_json(["No."]) if asked.method == "PUT" else tracker.answer(asked)

    _perform(answer)
    _perform(answer, effect=other)
    said = _perform(tracker.answer)
    assert isinstance(said, TargetRefused)
    assert other in said.reason
    assert _states(tracker) == []


def test_that_an_effect_is_of_one_state_only() -> None:
    tracker = _tracker()

    def answer(asked: Asked) -> Said:
        return as_json(["No."]) if asked.method == "PUT" else tracker.answer(asked)

    _perform(answer)
    said = _perform(tracker.answer, state="canceled")
    assert isinstance(said, TargetRefused)
    assert "was to be assess" in said.reason
    assert _states(tracker) == []


def test_that_a_move_of_another_account_is_not_the_effects() -> None:
    tracker = _tracker()

    def answer(asked: Asked) -> Said:
        return Said(status=502) if asked.method == "PUT" else tracker.answer(asked)

    _perform(answer)
    _moved(tracker, "ilka", "new", "assess")
    assert _find(tracker.answer) == NotFound()


def test_that_upper_and_lower_case_are_one_state() -> None:
    tracker = _tracker()

    def answer(asked: Asked) -> Said:
        lower = asked.body.replace(b'"Assess"', b'"assess"')
        return tracker.answer(
            Asked(
                method=asked.method,
                path=asked.path,
                query=asked.query,
                headers=asked.headers,
                body=lower if asked.method == "PUT" else asked.body,
            )
        )

    assert _perform(answer, state="Assess") == DONE


def test_that_a_long_history_is_read_to_its_end() -> None:
    tracker = _tracker()
    for _ in range(230):
        tracker.happened(1, "Comment", "ilka", Data="a word")
    assert _perform(tracker.answer) == DONE
    assert _perform(tracker.answer) == DONE
    assert (tracker.comments(EFFECT), _states(tracker)) == (1, [("console", "assess")])
