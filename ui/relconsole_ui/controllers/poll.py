"""Polling the gate on the bridge: asking the next station, taking answers, deciding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from relconsole.domain.estate.people import are_one_person
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.night.step_commands import AnswerStation, DecideGate, Said
from relconsole.domain.readiness.poll import StationAnswer
from relconsole_ui.controllers.room import Answer, Room, words_of
from relconsole_ui.presenters.poll import Asking, StationRow, present_poll
from relconsole_ui.presenters.seen import Seen
from relconsole_ui.views.bridge.poll import PollView

BY_VOICE: Final = "voice"
"""How an answer is heard that this console records for its holder."""


class PollController:
    """The poll panel over the record; an answer is for whoever speaks for the station."""

    def __init__(self, room: Room, view: PollView) -> None:
        """Take the room and the panel."""
        self._room = room
        self._view = view
        self._asking = Asking()
        self._rows = present_poll(room.seen())
        self.on_decided: Callable[[], None] | None = None
        view.ask_wanted.connect(self.ask_next)
        view.deputy_wanted.connect(self.use_deputy)
        view.answered.connect(self.answer)
        view.decided.connect(self.decide)
        room.follow(self._show)

    def ask_next(self) -> None:
        """Stand on the next station that has not answered."""
        station = self._rows.next_station
        if not self._rows.is_open or not station:
            self._view.open_decision()
            return
        asked = {**self._asking.asked, station: self._room.seen().now}
        self._asking = replace(self._asking, asked=asked)
        self._show(self._room.seen())
        self._view.ask_station(station)

    def use_deputy(self, station: str) -> None:
        """Let somebody else speak for a station that has not answered."""
        row = self._find(station)
        if row is not None and row.deputy is not None:
            voices = {**self._asking.voices, station: row.deputy}
            self._asking = replace(self._asking, voices=voices)
            self._show(self._room.seen())

    def answer(self, station: str, word: str, note: str) -> None:
        """Record the answer of a station, for whoever speaks for it."""
        run, step, row = self._room.run_id, self._rows.step, self._find(station)
        if run is None or step is None or row is None:
            return
        seen = self._room.seen()
        if row.voice is None and not seen.is_rehearsal:
            self._view.show_failure(f"Nobody can answer for {station}: {row.note}.")
            return
        said = Said(for_person=_other_than(seen, row.voice), note=note, heard=BY_VOICE)
        command = AnswerStation(
            run=run, step=step, station=station, vote=StationAnswer(word), said=said
        )
        self._room.command(
            f"answer {station}", lambda: self._room.tools.desk.submit(command), self._taken
        )

    def decide(self, word: str, note: str) -> None:
        """Record the decision at the gate."""
        run, step = self._room.run_id, self._rows.step
        if run is None or step is None:
            return
        command = DecideGate(run=run, step=step, decision=StationAnswer(word), said=Said(note=note))
        self._room.command(
            "decide the gate", lambda: self._room.tools.desk.submit(command), self._decided
        )

    def _decided(self, answer: Answer) -> None:
        """Go back to the steps, once a decision is recorded."""
        self._taken(answer)
        if not words_of(answer) and self.on_decided is not None:
            self.on_decided()

    def _taken(self, answer: Answer) -> None:
        failed = words_of(answer)
        if failed:
            self._view.show_failure(failed)
        else:
            self._view.stop_asking()

    def _find(self, station: str) -> StationRow | None:
        return next((row for row in self._rows.rows if row.key == station), None)

    def _show(self, seen: Seen) -> None:
        rows = present_poll(seen, self._asking)
        if rows.step != self._rows.step:
            self._asking = Asking()
            rows = present_poll(seen)
        self._rows = rows
        self._view.show_rows(rows)


def _other_than(seen: Seen, voice: PersonId | None) -> PersonId | None:
    """Give for whom an answer is recorded, None where it is the person at this console."""
    if voice is None or seen.person is None:
        return voice
    people = seen.state.workspace.estate.people
    return None if are_one_person(people, voice, seen.person) else voice
