"""The keys of a store as its journal has them, with who confirmed or revoked each."""

from __future__ import annotations

from pathlib import Path

from relconsole.cli.columns import in_columns
from relconsole.cli.opening import records_of
from relconsole.domain.console.evolve import fold
from relconsole.domain.kernel.ids import Fingerprint
from relconsole.domain.kernel.json import Json, JsonObject
from relconsole.domain.readiness.keys import KeyEnrolled, KeyRevoked, Keyring
from relconsole.ports.journal import JournalKind


async def list_keys(store: Path) -> tuple[JsonObject, str]:
    """Give the keys, by person and then by fingerprint, as a document and as lines."""
    records = await records_of(store, JournalKind.LIVE)
    keys = fold(records).keys
    confirmed: dict[Fingerprint, KeyEnrolled] = {}
    revoked: dict[Fingerprint, KeyRevoked] = {}
    for recorded in records:
        match recorded.fact:
            case KeyEnrolled() as fact:
                confirmed[fact.fingerprint] = fact
            case KeyRevoked() as fact:
                revoked[fact.fingerprint] = fact
            case _:
                pass
    rows: list[dict[str, Json]] = []
    for fingerprint, person in sorted(keys.owners.items(), key=lambda item: (item[1], item[0])):
        confirmation, end = confirmed.get(fingerprint), revoked.get(fingerprint)
        rows.append(
            {
                "person": person,
                "fingerprint": fingerprint,
                "state": state_of_key(keys, fingerprint),
                "enrolled_by": confirmation.by if confirmation else None,
                "means": confirmation.means if confirmation else None,
                "revoked_by": end.by if end else None,
                "reason": end.reason if end else None,
            }
        )
    table = [("person", "state", "enrolled by", "fingerprint")]
    table += [
        (
            str(row["person"]),
            str(row["state"]),
            str(row["enrolled_by"] or "nobody"),
            str(row["fingerprint"]),
        )
        for row in rows
    ]
    return {"keys": rows}, in_columns(table) if rows else "no key is registered"


def state_of_key(keys: Keyring, fingerprint: Fingerprint) -> str:
    """Give whether a registered key counts: effective, revoked, superseded or unproven."""
    person = keys.owners[fingerprint]
    if fingerprint in keys.revoked:
        return "revoked"
    if keys.effective.get(person) == fingerprint:
        return "effective"
    return "unproven" if keys.newest.get(person) == fingerprint else "superseded"
