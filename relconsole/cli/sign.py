"""``sign``: answer a signing request as one person, with that person's own key."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path

from relconsole.adapters.clock import SystemClock
from relconsole.adapters.evidence import write_durably
from relconsole.adapters.keyring_os.credentials import choose_credentials
from relconsole.adapters.person_keys import person_key_name, unlock_person_key
from relconsole.cli.people import add_person, passphrase_of, person_of
from relconsole.cli.seconds import answer_path
from relconsole.cli.words import DONE, answer, plain, say
from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.instants import format_instant
from relconsole.domain.record.request import (
    SigningRequest,
    answer_bytes,
    answer_request,
    parse_request,
)
from relconsole.domain.record.signature import SigningKey
from relconsole.ports.credentials import Credentials
from relconsole.runtime.console import KEYRING_SERVICE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the request and who signs it."""
    parser.add_argument("request", type=Path, metavar="REQUEST")
    add_person(parser, required=True)
    parser.add_argument("--to", type=Path, metavar="FILE", help="where the answer is written")


def run(arguments: argparse.Namespace) -> int:
    """Show what is asked, sign it, and write the answer beside the request."""
    return asyncio.run(_sign(arguments))


async def _sign(arguments: argparse.Namespace) -> int:
    try:
        raw = arguments.request.read_bytes()
    except OSError as wrong:
        raise PersonMustAct(f"{arguments.request} cannot be read: {wrong.strerror}.") from wrong
    request = parse_request(raw, file=str(arguments.request))
    _show(request)
    key = await _unlock(arguments)
    try:
        signed = answer_request(
            request, person_of(arguments) or request.asked_by, key, SystemClock().now()
        )
    except ValueError as expired:
        raise PersonMustAct(f"{arguments.request} is not signed: {expired}.") from expired
    path: Path = arguments.to or answer_path(arguments.request)
    try:
        write_durably(path, answer_bytes(signed))
    except OSError as wrong:
        raise WorldIsDown(f"{path} cannot be written: {wrong.strerror}.") from wrong
    expires = format_instant(signed.expires)
    answer(
        {
            "digest": signed.digest,
            "signer": signed.signer,
            "expires": expires,
            "answer": str(path),
        },
        f"signed as {signed.signer}: {path}",
        as_json=arguments.json,
    )
    return DONE


def _show(request: SigningRequest) -> None:
    """Show the whole of what is signed."""
    say(f"{request.asked_by} asks for a signature: {request.act}")
    say(plain(json.dumps(request.what, indent=2, ensure_ascii=False)))
    say(f"digest {request.digest}, expires {format_instant(request.expires)}")


async def _unlock(arguments: argparse.Namespace) -> SigningKey:
    """Give the key of the one person who signs."""
    person = person_of(arguments)
    passphrase = passphrase_of(arguments)
    if person is None or passphrase is None:
        raise PersonMustAct(
            "A signature needs its person's passphrase.",
            do="Run this at a terminal, or give --passphrase-fd.",
        )
    credentials: Credentials = arguments.credentials or await choose_credentials(KEYRING_SERVICE)
    kept = await credentials.get(person_key_name(person))
    if kept is None:
        raise WorldIsDown(f"{credentials.place} keeps no key of {person}.", system="keyring")
    return unlock_person_key(kept, passphrase, person)
