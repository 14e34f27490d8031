"""P8: no secret stands anywhere but in the keyring: not in a file, a word, a log or a process.

Canaries are planted in every slot; everything is done that a person does, with a plugin among it
that tells its secret wherever it can; then every byte is searched, in every form.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.promises.frame import Counts, Harness, Tally
from tests.promises.secrets_flow import (
    UNREDACTED,
    Machine,
    allow_cores,
    canary,
    do_everything,
    do_little,
)
from tests.promises.secrets_search import Sampler, Search, forms_of

COMMANDS: Final = 44
"""What is typed in one round; one left out is a failure."""

MUTANTS: Final = ("words_are_not_redacted", "secret_in_the_environment", "secret_as_an_argument")


def search_of(machine: Machine) -> Search:
    """Give what is looked for."""
    return Search({slot: forms_of(secret) for slot, secret in machine.slots.items()})


def play(
    extra: Mapping[str, str], slots: Mapping[str, bytes], *, note: str | None = None
) -> tuple[Machine, list[str]]:
    """Do everything on a fresh machine, or with a note a little; gives it, and every hit."""
    with tempfile.TemporaryDirectory(prefix="secrets-", ignore_cleanup_errors=True) as top:
        machine = Machine(Path(top), extra)
        machine.slots |= slots
        allow_cores()
        with Sampler() as sampler:
            if note is None:
                do_everything(machine)
            else:
                do_little(machine, note)
        search = search_of(machine)
        broken = [*machine.wrong, *sampler.hits(search), *sampler.may_dump()]
        broken += search.files(machine.searched)
        if not sampler.plugins:
            broken.append("no plugin process was seen")
        if note is None:
            broken += _not_shown(machine)
        noted = machine.limits.read_text().split() if machine.limits.exists() else []
        broken += [f"a console could write a core file of {each}" for each in set(noted) - {"0"}]
        print(f"{machine.done} commands, {len(machine.slots)} slots, {sampler.plugins} plugins")
        return machine, broken


def _not_shown(machine: Machine) -> list[str]:
    """Give what must have happened for the search to prove anything, and did not.

    What the leaky plugin said must have come out with the secret taken from it, and each system's
    secret must have been sent.
    """
    said = b"".join(path.read_bytes() for path in (machine.searched / "said").iterdir())
    found = {
        "the plugin's own words in the log": b"leaky" in said and b"[hidden]" in said,
        "a failed job's output in the journal": b"[hidden] [hidden]" in machine.journal(),
        "the secret at the system it is for": machine.slots["token"].decode() in machine.heard,
    }
    return [f"not seen: {what}" for what, is_seen in found.items() if not is_seen]


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Do everything once, whatever the counts, and search all of it."""
    extra: dict[str, str] = {}
    slots: dict[str, bytes] = {}
    note = None if mutant is None else "nobody"
    if mutant == "words_are_not_redacted":
        extra[UNREDACTED] = "1"
    elif mutant == "secret_in_the_environment":
        extra["TOKEN"] = canary("environment")
        slots["environment"] = extra["TOKEN"].encode()
    elif mutant == "secret_as_an_argument":
        note = canary("argument")
        slots["argument"] = note.encode()
    machine, broken = play(extra, slots, note=note)
    cases = {"command lines": machine.done, "secrets": len(machine.slots)}
    return Tally(cases=cases, violations=tuple(broken))


HARNESS: Final = Harness(
    promise="P8",
    title="no secret outside the keyring",
    counts={
        "command lines": Counts(pr=COMMANDS, release=COMMANDS),
        "secrets": Counts(pr=12, release=12),
    },
    run=run,
    mutants=MUTANTS,
    mutant_counts={"command lines": COMMANDS, "secrets": 12},
)
