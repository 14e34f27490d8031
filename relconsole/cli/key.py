"""``key``: making, bringing, confirming, listing and revoking the keys of people.

A key counts only after somebody else who is entitled to has confirmed its fingerprint; whoever
signs does so with their own passphrase, and one process opens one person's key.
"""

from __future__ import annotations

import argparse
import asyncio
from typing import Final

from relconsole.cli.arguments import add_subverbs
from relconsole.cli.key_list import list_keys
from relconsole.cli.key_texts import read_fingerprint, read_public_key
from relconsole.cli.lookup import find_person_id
from relconsole.cli.opening import credentials_of, opened, state_of, wish_of
from relconsole.cli.people import add_person
from relconsole.cli.secret_input import new_passphrase
from relconsole.cli.words import DONE, OutOfReach, answer, say
from relconsole.domain.console.commands import EnrolKey, RegisterKey, RevokeKey
from relconsole.domain.kernel.errors import PersonMustAct
from relconsole.domain.kernel.ids import Fingerprint, PersonId
from relconsole.domain.kernel.json import JsonObject
from relconsole.domain.record.signature import PublicKey, SigningKey
from relconsole.ports.credentials import Credentials, Secret
from relconsole.ports.journal import JournalKind
from relconsole.runtime.console import Console, Wish

_SUMMARIES: Final = {
    "make": "make a key of a person, sealed by a passphrase, and register its public half",
    "register": "register a public key that was made elsewhere",
    "enrol": "confirm somebody else's key by its fingerprint",
    "list": "list the keys of people and which of them count",
    "revoke": "say that a key counts no longer",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verbs of keys."""
    verbs = add_subverbs(parser, _SUMMARIES)
    verbs["make"].add_argument("person_named", metavar="PERSON")
    verbs["make"].add_argument("--passphrase-fd", type=int, metavar="N")
    verbs["make"].add_argument(
        "--replace", action="store_true", help="also where a key of this person is kept already"
    )
    verbs["register"].add_argument("person_named", metavar="PERSON")
    verbs["register"].add_argument(
        "--public", metavar="FILE|TEXT", help="the public key; without it, that of the kept key"
    )
    verbs["enrol"].add_argument("person_named", metavar="PERSON")
    verbs["enrol"].add_argument("--fingerprint", required=True, metavar="F")
    verbs["enrol"].add_argument(
        "--means", required=True, metavar="TEXT", help="how the fingerprint was compared"
    )
    add_person(verbs["enrol"], required=True)
    verbs["revoke"].add_argument("fingerprint", metavar="FINGERPRINT")
    verbs["revoke"].add_argument("--reason", required=True, metavar="TEXT")
    add_person(verbs["revoke"], required=True)


def run(arguments: argparse.Namespace) -> int:
    """Do what the verb says and answer the key it was done to."""
    match arguments.subverb:
        case "make":
            document = asyncio.run(_make(arguments))
        case "register":
            document = asyncio.run(_register(arguments))
        case "enrol":
            document = asyncio.run(_enrol(arguments))
        case "revoke":
            document = asyncio.run(_revoke(arguments))
        case _:
            document, lines = asyncio.run(list_keys(arguments.store))
            answer(document, lines, as_json=arguments.json)
            return DONE
    lines = "\n".join(f"{name}: {value}" for name, value in document.items() if value is not None)
    answer(document, lines, as_json=arguments.json)
    return DONE


async def _make(arguments: argparse.Namespace) -> JsonObject:
    """Make a key, keep it sealed, and register it with a fact that it signs itself."""
    from relconsole.adapters.clock import SystemIds
    from relconsole.adapters.person_keys import (
        make_person_key,
        person_key_name,
        unlock_person_key,
    )

    state = await state_of(arguments.store, JournalKind.LIVE)
    person = find_person_id(
        state.workspace.estate.people, arguments.person_named, str(arguments.store)
    )
    async with credentials_of(arguments) as credentials:
        _demand_keeping(arguments, credentials, person)
        kept = await credentials.get(person_key_name(person))
        if kept is not None and not arguments.replace:
            raise PersonMustAct(
                f"{credentials.place} keeps a key of {person} already.",
                why="A new one would take its place, and count only after somebody confirmed it.",
                do="Make it with --replace.",
            )
        passphrase = new_passphrase(arguments, person)
        text, public = make_person_key(person, passphrase, SystemIds().secret_bytes)
        key = unlock_person_key(text, passphrase, person)
        async with opened(_as_owner(arguments, person, key, credentials)) as console:
            # Kept before it is registered: a registered key that nobody holds would be a dead end.
            await credentials.put(person_key_name(person), text)
            await console.desk.must(RegisterKey(person=person, public_key=public.text))
    say(f"Somebody else confirms it: relconsole key enrol {person} --fingerprint F --means TEXT")
    return _described(person, public, "unproven", kept_in=credentials.place)


def _as_owner(
    arguments: argparse.Namespace, person: PersonId, key: SigningKey, credentials: Credentials
) -> Wish:
    """Give how to open the store as the owner of a key that is open."""
    return Wish(
        store=arguments.store,
        kind=JournalKind.LIVE,
        verb=arguments.verb,
        person=person,
        key=key,
        credentials=credentials,
    )


def _demand_keeping(
    arguments: argparse.Namespace, credentials: Credentials, person: PersonId
) -> None:
    """Raise OutOfReach where a key would be gone as soon as it was made."""
    if credentials.durable or arguments.credentials is not None:
        return
    raise OutOfReach(
        f"A key of {person} would end with this program: it could only be kept in"
        f" {credentials.place}.",
        do="Unlock the keyring of this desktop, or sign from one that has one.",
    )


async def _register(arguments: argparse.Namespace) -> JsonObject:
    """Register a public key that its owner brought, or the public half of the kept one."""
    state = await state_of(arguments.store, JournalKind.LIVE)
    person = find_person_id(
        state.workspace.estate.people, arguments.person_named, str(arguments.store)
    )
    async with credentials_of(arguments) as credentials:
        public = (
            await _kept_public(credentials, person)
            if arguments.public is None
            else read_public_key(arguments.public, person, state.workspace.estate.people)
        )
        wish = Wish(
            store=arguments.store,
            kind=JournalKind.LIVE,
            verb=arguments.verb,
            credentials=credentials,
        )
        async with opened(wish) as console:
            await console.desk.must(RegisterKey(person=person, public_key=public.text))
    return _described(person, public, "unproven")


async def _kept_public(credentials: Credentials, person: PersonId) -> PublicKey:
    """Give the public half of the key that is kept of a person."""
    from relconsole.adapters.person_keys import person_key_name, public_key_of

    kept: Secret | None = await credentials.get(person_key_name(person))
    if kept is None:
        raise PersonMustAct(
            f"{credentials.place} keeps no key of {person}.",
            do=f"Bring one with --public, or make one: relconsole key make {person}",
        )
    return public_key_of(kept)


async def _enrol(arguments: argparse.Namespace) -> JsonObject:
    """Confirm a key in the name of whoever's key is open."""
    fingerprint = read_fingerprint(arguments.fingerprint)
    async with opened(wish_of(arguments)) as console:
        by = _who_signs(console, arguments)
        people = console.desk.state.workspace.estate.people
        person = find_person_id(people, arguments.person_named, str(arguments.store))
        await console.desk.must(
            EnrolKey(person=person, fingerprint=fingerprint, means=arguments.means)
        )
        effective = console.desk.state.keys.effective.get(person) == fingerprint
    if not effective:
        say(f"While no key counts yet, two confirm each other: {person} confirms the key of {by}.")
    return {
        "person": person,
        "fingerprint": fingerprint,
        "state": "effective" if effective else "unproven",
        "enrolled_by": by,
        "means": arguments.means,
    }


async def _revoke(arguments: argparse.Namespace) -> JsonObject:
    """End a key in the name of whoever's key is open."""
    fingerprint = read_fingerprint(arguments.fingerprint)
    async with opened(wish_of(arguments)) as console:
        by = _who_signs(console, arguments)
        await console.desk.must(RevokeKey(fingerprint=fingerprint, reason=arguments.reason))
        owner = console.desk.state.keys.owners[fingerprint]
    return {
        "person": owner,
        "fingerprint": fingerprint,
        "state": "revoked",
        "revoked_by": by,
        "reason": arguments.reason,
    }


def _who_signs(console: Console, arguments: argparse.Namespace) -> PersonId:
    """Give whose key is open; PersonMustAct where nobody could give a passphrase."""
    if console.desk.person is None:
        raise PersonMustAct(
            f"The passphrase of {arguments.person} cannot be asked: there is no terminal.",
            do="Write it to a file descriptor and name that with --passphrase-fd.",
        )
    return console.desk.person


def _described(
    person: PersonId, public: PublicKey, state: str, *, kept_in: str | None = None
) -> JsonObject:
    """Give a key for the answer."""
    fingerprint: Fingerprint = public.fingerprint
    return {
        "person": person,
        "fingerprint": fingerprint,
        "public_key": public.text,
        "state": state,
        "kept_in": kept_in,
    }
