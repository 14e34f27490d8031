"""The poll of a gate: stations answer, a quorum makes it, a named person decides.

Nothing ever becomes go by time passing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relconsole.domain.estate.people import Person, are_one_person, find_person, fold_name
from relconsole.domain.kernel.ids import PersonId
from relconsole.domain.kernel.refusal import Reason
from relconsole.domain.readiness.segregation import Duty, duty_reasons, is_partial
from relconsole.domain.release.release import Release


class StationAnswer(StrEnum):
    """What a station answers at a gate, and what is decided there."""

    GO = "go"
    NO_GO = "no-go"
    HOLD = "hold"


class PollResult(StrEnum):
    """What all the answers say together."""

    UNDECIDED = "undecided"
    GO = "go"
    NO_GO = "no-go"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class StationVote:
    """The answer of a station; ``for_person`` is the holder for whom ``by`` recorded it."""

    station: str
    answer: StationAnswer
    by: PersonId
    at: datetime
    for_person: PersonId | None = None
    note: str = ""

    @property
    def holder(self) -> PersonId:
        """Give whose word it is."""
        return self.for_person or self.by


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A gate's roll call so far; ``quorum`` None asks every station.

    ``votes`` are in the order in which they were given, the last of a station stands. ``advisory``
    are the stations whose answer may be overruled with a reason.
    """

    stations: tuple[str, ...]
    quorum: int | None = None
    votes: tuple[StationVote, ...] = ()
    advisory: frozenset[str] = frozenset()

    @property
    def standing(self) -> tuple[StationVote, ...]:
        """Give the last answer of each station that is asked, in the order of the stations."""
        last = {vote.station: vote for vote in self.votes}
        return tuple(last[each] for each in dict.fromkeys(self.stations) if each in last)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Give the stations without an answer, in their order."""
        answered = {vote.station for vote in self.votes}
        return tuple(each for each in dict.fromkeys(self.stations) if each not in answered)


def vote_reasons(
    people: Mapping[PersonId, Person], release: Release | None, poll: Poll, vote: StationVote
) -> tuple[Reason, ...]:
    """Give why an answer is not taken, none where it is.

    The station must be asked at this gate; no-go and hold need a note; requester and authors of
    ``release`` recuse (None where the gate is no gate to production); nobody speaks for two
    stations.
    """
    reasons: list[Reason] = []
    if release is not None:
        named = vote.for_person
        reasons.extend(
            duty_reasons(people, release, actor=vote.by, for_person=named, act=Duty.VOTE)
        )
    if vote.station not in poll.stations:
        asked = ", ".join(poll.stations)
        reasons.append(
            Reason(
                rule="station_unknown",
                thing=vote.station,
                says=f"{vote.station} is no station of this gate",
                lifts=f"an answer for one of {asked}" if asked else "",
            )
        )
    if vote.answer is not StationAnswer.GO and not vote.note.strip():
        reasons.append(_name_note(vote.station, f"{vote.answer} needs a note"))
    reasons.extend(
        Reason(
            rule="two_stations",
            thing=vote.station,
            says=f"{vote.holder} has answered for {other.station} already",
            lifts=f"another person answers for {vote.station}",
        )
        for other in poll.standing
        if other.station != vote.station and are_one_person(people, other.holder, vote.holder)
    )
    return tuple(reasons)


def find_poll_result(
    people: Mapping[PersonId, Person],
    release: Release | None,
    poll: Poll,
    *,
    is_expired: bool = False,
) -> PollResult:
    """Give what the standing answers say together.

    Any no-go is no-go; else any hold is hold; else go where enough distinct people answered.
    Requester and authors of ``release`` do not count towards the quorum. A poll that expired
    undecided is hold.
    """
    answers = {vote.answer for vote in poll.standing}
    if StationAnswer.NO_GO in answers:
        return PollResult.NO_GO
    if StationAnswer.HOLD in answers:
        return PollResult.HOLD
    if _has_quorum(people, release, poll):
        return PollResult.GO
    return PollResult.HOLD if is_expired else PollResult.UNDECIDED


def _has_quorum(people: Mapping[PersonId, Person], release: Release | None, poll: Poll) -> bool:
    """Tell whether enough distinct people have answered."""
    voices = {
        _identify(people, vote.holder)
        for vote in poll.standing
        if release is None or not is_partial(people, release, vote.holder)
    }
    # A gate without stations is not made by nobody's word.
    needed = len(set(poll.stations)) if poll.quorum is None else poll.quorum
    return len(voices) >= max(needed, 1)


def decision_reasons(
    people: Mapping[PersonId, Person],
    release: Release | None,
    poll: Poll,
    *,
    decision: StationAnswer,
    by: PersonId,
    decides: PersonId,
    note: str = "",
) -> tuple[Reason, ...]:
    """Give why a person may not decide so at a gate, none where they may.

    Only the named person decides, and not on their own change. No-go and hold need a note. Go needs
    the quorum, and no station against it; an advisory one against it gives way to a note.
    """
    reasons: list[Reason] = []
    if not are_one_person(people, by, decides):
        reasons.append(
            Reason(
                rule="decider",
                thing=by,
                says=f"{decides} decides at this gate, not {by}",
                lifts=f"the decision of {decides}",
            )
        )
    if release is not None:
        reasons.extend(duty_reasons(people, release, actor=by, act=Duty.VOTE))
    against = tuple(vote for vote in poll.standing if vote.answer is not StationAnswer.GO)
    if decision is not StationAnswer.GO:
        against = ()
    elif not _has_quorum(people, release, poll):
        missing = ", ".join(poll.unanswered)
        reasons.append(
            Reason(
                rule="quorum_missing",
                thing=by,
                says="the quorum of answers has not been given",
                lifts=f"answers of {missing}" if missing else "answers of other people",
            )
        )
    reasons.extend(
        Reason(
            rule="mandatory_station",
            thing=vote.station,
            says=f"{vote.station} answered {vote.answer}: {vote.note}",
            lifts=f"{vote.station} answers go",
        )
        for vote in against
        if vote.station not in poll.advisory
    )
    if (against or decision is not StationAnswer.GO) and not note.strip():
        reasons.append(_name_note(by, f"{decision} needs a note here"))
    return tuple(reasons)


def _name_note(thing: str, says: str) -> Reason:
    """Give the reason that a note is missing."""
    return Reason(rule="note_missing", thing=thing, says=says, lifts="say why")


def _identify(people: Mapping[PersonId, Person], name: str) -> str:
    """Give the one form of a person's names."""
    found = find_person(people, name)
    return fold_name(name if found is None else found.id)
