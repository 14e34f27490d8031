"""Taking the record out of the store: as a file for auditors, and as a seal that is anchored."""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path
from typing import Final

from relconsole.adapters.evidence import write_durably
from relconsole.adapters.person_keys import read_store_key
from relconsole.cli.opening import credentials_of, opened, readable, wish_of
from relconsole.cli.verdicts import judge_taken, lines_of, take_journal
from relconsole.cli.words import say
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.json import Json, JsonObject
from relconsole.domain.record.checkpoint import checkpoint_line
from relconsole.domain.record.verification import Verification
from relconsole.ports.credentials import Secret
from relconsole.services.checkpoints import anchor_name

VERIFIER: Final = "verify_journal.py"


async def export_journal(arguments: argparse.Namespace) -> tuple[Verification, JsonObject]:
    """Write a journal, every fact under a signed seal; gives the verdict on what was written.

    A record that was changed outside the program is exported as it is: the file is what an auditor
    must see. OutOfReach where the journal's key is not kept any more.
    """
    async with credentials_of(arguments) as credentials:
        with readable():
            taken = await take_journal(arguments.store, arguments.kind, credentials)
            key = await read_store_key(credentials, taken.journal, taken.kind)
    more: dict[str, Json] = {"file": str(arguments.file), "verifier": None}
    _write(arguments.file, b"".join(lines_of(taken, key)))
    if arguments.with_verifier:
        beside = arguments.file.with_name(VERIFIER)
        script = files("relconsole_resources") / "verifier" / VERIFIER
        _write(beside, script.read_bytes())
        more["verifier"] = str(beside)
    return judge_taken(taken, key), more


async def seal_journal(arguments: argparse.Namespace) -> tuple[Verification, JsonObject]:
    """Keep the present head as a checkpoint and take it outside; gives the verdict with it.

    It goes to the keyring, where there is one that outlives the program, and to the file that is
    named. PersonMustAct for a journal in which nothing is recorded.
    """
    wish = wish_of(arguments, arguments.kind)
    async with opened(wish) as console:
        journal, credentials = console.desk.journal, console.credentials
        head = await journal.head()
        if head is None:
            raise PersonMustAct(
                f"Nothing is recorded in the {arguments.kind} journal of {arguments.store}."
            )
        await journal.keep_checkpoint(head)
        line = checkpoint_line(head)
        places: list[str] = []
        if credentials.durable:
            await credentials.put(anchor_name(journal.id), Secret(line.decode()))
            places.append(credentials.place)
        else:
            say(f"The keyring keeps no anchor: secrets are in {credentials.place}.")
        if arguments.file is not None:
            _write(arguments.file, line + b"\n")
            places.append(str(arguments.file))
        brought = (head,) if places else ()
        taken = await take_journal(arguments.store, arguments.kind, credentials, brought)
        key = await read_store_key(credentials, taken.journal, taken.kind)
    more: JsonObject = {
        "size": head.size,
        "checkpoint": line.decode(),
        "places": list(places),
        "file": None if arguments.file is None else str(arguments.file),
    }
    return judge_taken(taken, key), more


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; WorldIsDown where the disk refuses."""
    try:
        write_durably(path, content)
    except OSError as wrong:
        raise WorldIsDown(f"{path} cannot be written: {wrong.strerror}.", system="disk") from wrong
