"""Opening and making one's own key: who it can be, how good a passphrase is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from relconsole.domain.kernel.ids import Fingerprint, PersonId
from relconsole.domain.readiness.keys import Keyring
from relconsole_ui.design.status import Status
from relconsole_ui.presenters.problem_form import Choice
from relconsole_ui.presenters.settings_seen import SettingsSeen

SHORTEST: Final = 12
"""Letters of a passphrase; the key's sealing is slow, so that fewer would be the weak point."""

LONG: Final = 20
_FEWEST_WORDS: Final = 4
_FEWEST_LETTERS: Final = 6
_GROUP: Final = 4
_LINE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKeyRows:
    """Whose key is open, and whether it counts; ``keeping`` says where keys are kept."""

    title: str
    says: str
    status: Status
    is_open: bool
    keeping: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFormRows:
    """Whose key may be opened; ``first`` is who opened one last."""

    people: tuple[Choice, ...]
    first: str
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """What is said of a new passphrase; it is taken only where it is enough."""

    says: str
    is_enough: bool


def present_own_key(seen: SettingsSeen, *, place: str, is_durable: bool) -> OwnKeyRows:
    """Give whose key is open, in words that say what it counts for."""
    keeping = f"Keys and credentials are kept in {place}."
    if not is_durable:
        keeping = (
            "No keyring of this desktop can be used, so keys and credentials last until the"
            " window closes, and are asked for in each session."
        )
    if seen.person is None:
        return OwnKeyRows(
            title="No key is open",
            says="Whoever decides or confirms opens their own key first.",
            status=Status.NOT_STARTED,
            is_open=False,
            keeping=keeping,
        )
    status, says = _standing(seen, seen.person)
    return OwnKeyRows(
        title=seen.name(seen.person), says=says, status=status, is_open=True, keeping=keeping
    )


def _standing(seen: SettingsSeen, person: PersonId) -> tuple[Status, str]:
    keys = seen.state.keys
    if person in keys.effective:
        return Status.DONE, "The key is open, and it counts."
    if keys.newest.get(person) in keys.revoked:
        return Status.FAILED, "The key was revoked: what it signs is refused."
    return Status.WAITING, "The key is open. It counts once somebody else has confirmed it."


def present_key_form(seen: SettingsSeen, last: str) -> KeyFormRows:
    """Give the people of the estate by name, whoever was last first."""
    people = sorted(
        seen.state.workspace.estate.people.values(),
        key=lambda each: (each.id != last, each.name.casefold(), each.id),
    )
    return KeyFormRows(
        people=tuple(Choice(key=each.id, says=each.name) for each in people),
        first=last if PersonId(last) in seen.state.workspace.estate.people else "",
        why_not="" if people else "Nobody is known here yet. Import a runbook or a workspace.",
    )


def strength_of(passphrase: str) -> Strength:
    """Give what is to be said of a new passphrase; it is in none of the words."""
    text = passphrase.strip()
    words = [word for word in text.split() if len(word) > 1]
    if len(text) < SHORTEST:
        short = f"Too short: {SHORTEST} letters at least, better four words."
        return Strength(says=short, is_enough=False)
    if len(set(text)) < _FEWEST_LETTERS:
        return Strength(says="Too easy: the same few letters.", is_enough=False)
    if len(text) >= LONG or len(words) >= _FEWEST_WORDS:
        return Strength(says="Strong.", is_enough=True)
    return Strength(
        says="Fair. Four words are stronger, and easier to keep in mind.", is_enough=True
    )


def fingerprint_lines(fingerprint: Fingerprint | str) -> tuple[str, ...]:
    """Give a fingerprint as it is read out: lines of four groups of four digits."""
    groups = [fingerprint[at : at + _GROUP] for at in range(0, len(fingerprint), _GROUP)]
    return tuple(" ".join(groups[at : at + _LINE]) for at in range(0, len(groups), _LINE))


def short_fingerprint(fingerprint: Fingerprint | str) -> str:
    """Give the first line of a fingerprint, which tells keys apart and proves nothing."""
    return next(iter(fingerprint_lines(fingerprint)), "")


def newest_of(keys: Keyring, person: PersonId) -> Fingerprint | None:
    """Give the newest key of a person unless it was revoked."""
    newest = keys.newest.get(person)
    return None if newest in keys.revoked else newest
