"""The keys of people: which count, who confirmed or revoked each, and what may be done with one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from relconsole.domain.estate.people import are_one_person
from relconsole.domain.kernel.ids import Fingerprint, PersonId
from relconsole.domain.readiness.keys import (
    KeyEnrolled,
    KeyFact,
    KeyRegistered,
    KeyRevoked,
    Keyring,
    entitled_to_enrol,
)
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.own_key import fingerprint_lines, newest_of, short_fingerprint
from relconsole_ui.presenters.problem_form import Choice
from relconsole_ui.presenters.settings_seen import SettingsSeen
from relconsole_ui.presenters.words import clock, counted, day


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """One key, by its fingerprint; the two reasons why not are empty where one may."""

    key: str
    name: str
    state: str
    status: Status
    mark: str
    lines: tuple[str, ...]
    history: tuple[str, ...]
    why_no_confirm: str
    why_no_revoke: str

    @property
    def sentence(self) -> str:
        """Give the key as it is spoken."""
        return ". ".join((f"Key of {self.name}, {self.state}", self.mark, *self.history))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRows:
    """The keys by person, the newest of each first."""

    rows: tuple[KeyRow, ...]
    note: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRows:
    """Two fingerprints to compare, and who may confirm.

    ``own_lines`` is empty where nobody's key is open. ``seconds`` are those whose signature would
    count, for signing here or elsewhere; ``why_not_here`` is why whoever is open cannot confirm.
    """

    person: str
    name: str
    fingerprint: str
    lines: tuple[str, ...]
    own_name: str
    own_lines: tuple[str, ...]
    says: str
    why_not_here: str
    seconds: tuple[Choice, ...]


def present_keys(seen: SettingsSeen, facts: Iterable[KeyFact]) -> KeyRows:
    """Give all keys that the record knows; ``facts`` are its own about keys, in their order."""
    keys, told = seen.state.keys, tuple(facts)
    ranked = sorted(
        keys.owners.items(),
        key=lambda each: (
            seen.name(each[1]).casefold(),
            each[0] in keys.revoked,
            keys.newest.get(each[1]) != each[0],
            each[0],
        ),
    )
    rows = tuple(_row(seen, fingerprint, person, told) for fingerprint, person in ranked)
    counting = len(keys.effective)
    return KeyRows(
        rows=rows,
        note=f"{counted(len(rows), 'key')}, {counting} count" if rows else "none",
        says=_says(keys, len(rows)),
    )


def _says(keys: Keyring, known: int) -> str:
    if keys.effective:
        return ""
    if not known:
        return "Nobody has a key yet. The first two people make one each and confirm each other's."
    return "No key counts yet: two people confirm each other's fingerprint, and both count."


def _row(
    seen: SettingsSeen, fingerprint: Fingerprint, person: PersonId, facts: tuple[KeyFact, ...]
) -> KeyRow:
    state, status = _state(seen.state.keys, fingerprint, person)
    return KeyRow(
        key=fingerprint,
        name=seen.name(person),
        state=state,
        status=status,
        mark=short_fingerprint(fingerprint),
        lines=fingerprint_lines(fingerprint),
        history=tuple(_told(seen, fact) for fact in facts if _is_about(fact, fingerprint, seen)),
        why_no_confirm=_why_no_confirm(seen, fingerprint, person),
        why_no_revoke=_why_no_revoke(seen, fingerprint, person),
    )


def _state(keys: Keyring, fingerprint: Fingerprint, person: PersonId) -> tuple[str, Status]:
    if fingerprint in keys.revoked:
        return "revoked", Status.SKIPPED
    if keys.effective.get(person) == fingerprint:
        return "counts", Status.DONE
    if keys.newest.get(person) == fingerprint:
        return "not confirmed", Status.WAITING
    return "replaced", Status.SKIPPED


def _is_about(fact: KeyFact, fingerprint: Fingerprint, seen: SettingsSeen) -> bool:
    match fact:
        case KeyRegistered(public_key=text):
            public = seen.state.keys.keys.get(fingerprint)
            return public is not None and public.text == text
        case KeyEnrolled(fingerprint=about) | KeyRevoked(fingerprint=about):
            return about == fingerprint
        case _:
            assert_never(fact)


def _told(seen: SettingsSeen, fact: KeyFact) -> str:
    when = _when(seen, fact.at)
    match fact:
        case KeyRegistered():
            return f"Registered {when}"
        case KeyEnrolled(by=by, means=means, answer=answer):
            where = "" if answer is None else ", signed in their own process"
            return f"Confirmed by {seen.name(by)} {when}: {means}{where}"
        case KeyRevoked(by=by, reason=reason):
            return f"Revoked by {seen.name(by)} {when}: {reason}"
        case _:
            assert_never(fact)


def _when(seen: SettingsSeen, at: datetime) -> str:
    return f"{day(at, seen.zone)} {clock(at, seen.zone)}"


def _why_no_confirm(seen: SettingsSeen, fingerprint: Fingerprint, person: PersonId) -> str:
    keys = seen.state.keys
    if fingerprint in keys.revoked:
        return "it was revoked"
    if keys.effective.get(person) == fingerprint:
        return "it counts already"
    return "" if keys.newest.get(person) == fingerprint else "a newer key has replaced it"


def _why_no_revoke(seen: SettingsSeen, fingerprint: Fingerprint, person: PersonId) -> str:
    if fingerprint in seen.state.keys.revoked:
        return "it was revoked already"
    if seen.person is None:
        return "open your key first"
    people = seen.state.workspace.estate.people
    if are_one_person(people, seen.person, person) or seen.person in _entitled(seen):
        return ""
    return f"only {seen.name(person)} or somebody entitled may"


def _entitled(seen: SettingsSeen) -> frozenset[PersonId]:
    return entitled_to_enrol(seen.state.workspace.policy, seen.state.workspace.estate)


def present_confirmation(seen: SettingsSeen, fingerprint: str) -> ConfirmRows | None:
    """Give what is compared before a key is confirmed; None for one that nobody registered."""
    keys, people = seen.state.keys, seen.state.workspace.estate.people
    mark = Fingerprint(fingerprint)
    person = keys.owners.get(mark)
    if person is None:
        return None
    own = None if seen.person is None else newest_of(keys, seen.person)
    usable = frozenset(
        each
        for each in _entitled(seen)
        if not are_one_person(people, each, person) and _may_sign(keys, each)
    )
    seconds = sorted(usable - {seen.person}, key=lambda each: seen.name(each).casefold())
    return ConfirmRows(
        person=person,
        name=seen.name(person),
        fingerprint=fingerprint,
        lines=fingerprint_lines(mark),
        own_name="" if seen.person is None else seen.name(seen.person),
        own_lines=() if own is None else fingerprint_lines(own),
        says=_advice(keys, seen.name(person)),
        why_not_here=_why_not_here(seen, person, usable),
        seconds=tuple(Choice(key=each, says=seen.name(each)) for each in seconds),
    )


def _may_sign(keys: Keyring, person: PersonId) -> bool:
    """Tell whether a person's signature under a key would count now."""
    return person in keys.effective if keys.effective else newest_of(keys, person) is not None


def _advice(keys: Keyring, name: str) -> str:
    says = f"{name} reads the fingerprint out, from their own screen. Compare every group."
    if keys.effective:
        return says
    return f"{says} The first two people confirm each other, and both keys count from then on."


def _why_not_here(seen: SettingsSeen, person: PersonId, usable: frozenset[PersonId]) -> str:
    if seen.person is None:
        return "No key is open here."
    people = seen.state.workspace.estate.people
    if are_one_person(people, seen.person, person):
        return "Nobody confirms their own key."
    if seen.person not in _entitled(seen):
        return f"{seen.name(seen.person)} is not entitled to confirm keys."
    return "" if seen.person in usable else "The key that is open does not count yet."
