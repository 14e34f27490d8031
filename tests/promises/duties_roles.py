"""Who may not do what at the command line, under which name and key, and the verbs they type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from relconsole.domain.record.signature import SigningKey
from tests.promises.duties_people import KEYS, RELEASE, SEEDS, STRANGER_KEY

PASSPHRASE: Final = "open"
STORE_SEED: Final = b"\x07" * 32
STRANGER_SEED: Final = b"\x63" * 32
GUARDED: Final = frozenset(
    {
        "step_started",
        "step_ended",
        "step_reopened",
        "station_answered",
        "gate_decided",
        "followers_decided",
        "rollback_armed",
        "rollback_fired",
        "line_resumed",
        "plan_amended",
        "effect_intended",
        "effect_settled_by_hand",
        "effect_renewed",
        "handover_offered",
        "handover_accepted",
        "hold_ended",
        "run_opened",
        "alert_shelved",
        "person_here",
        "message_sent",
    }
)
KEY_ACTS: Final = frozenset({"key_enrolled", "key_revoked"})
assert STRANGER_KEY.public == SigningKey(STRANGER_SEED).public


@dataclass(frozen=True, slots=True)
class Role:
    """Who types a verb: as whom, and with whose key under that name; None where nobody signs."""

    name: str
    person: str | None
    seed: bytes | None
    may_confirm: bool = False


BARRED: Final = (
    Role("the requester", "ann", SEEDS["ann"], may_confirm=True),
    Role("the requester's alias", "a.berg", SEEDS["ann"], may_confirm=True),
    Role("the requester in capitals", "ANN", SEEDS["ann"], may_confirm=True),
    Role("the requester in full width", "ａｎｎ", SEEDS["ann"], may_confirm=True),
    Role("the author", "devon", SEEDS["devon"], may_confirm=True),
    Role("the author's alias", "dev-07", SEEDS["devon"], may_confirm=True),
    Role("an outsider", "zed", STRANGER_SEED),
    Role("a Cyrillic look-alike of the commander", "mаra", STRANGER_SEED),
    Role("a key that nobody confirmed", "ruth", SEEDS["ruth"]),
    Role("a revoked key", "gone", SEEDS["gone"]),
    Role("the commander's name without a passphrase", "mara", None),
    Role("the commander's name over the requester's key", "mara", SEEDS["ann"]),
    Role("nobody", None, None),
)
SECONDS: Final = (
    *BARRED[:10],
    Role("the commander", "mara", SEEDS["mara"]),
    Role("the commander's alias", "m.ruiz", SEEDS["mara"]),
    Role("somebody without the role", "carl", SEEDS["carl"]),
    Role("the second person's name over the requester's key", "ines", SEEDS["ann"]),
)
COMMANDER: Final = Role("the commander", "mara", SEEDS["mara"])
SECOND: Final = Role("the second person", "ines", SEEDS["ines"])
_R = str(RELEASE)
_NOTE: Final = ("--note", "x")
UNDERWAY: Final = (
    ("step", _R, "last", "start"),
    ("step", _R, "last", "start", "--for", "ines"),
    ("step", _R, "manual", "done"),
    ("step", _R, "manual", "done", "--for", "ines"),
    ("step", _R, "manual", "fail", *_NOTE),
    ("step", _R, "manual", "skip", *_NOTE),
    ("step", _R, "last", "not-needed", *_NOTE),
    ("step", _R, "next", "repeat", *_NOTE),
    ("amend", _R, "AMENDMENT", "--reason", "x"),
    ("rollback", _R, "--reason", "x"),
    ("muster", _R, "here", "otto"),
    ("handover", _R, "--to", "ann"),
    ("handover", _R, "--accept"),
    ("key", "enrol", "ruth", "--fingerprint", KEYS["ruth"].public.fingerprint, "--means", "x"),
    ("key", "revoke", KEYS["mara"].public.fingerprint, "--reason", "x"),
)
AT_THE_GATE: Final = (
    ("gate", _R, "gate", "go", "--station", "operations"),
    ("gate", _R, "gate", "go", "--station", "quality", "--for", "otto"),
    ("gate", _R, "gate", "no-go", "--decide", *_NOTE),
    ("step", _R, "gate", "skip", *_NOTE),
    ("night", _R),
)
STOPPED: Final = (
    ("resume", _R),
    ("resume", _R, "--answer", "ANSWER"),
    ("alert", _R, "stop:line", "shelve", *_NOTE),
)
