"""Every command that the console takes: of workspaces, of keys, and of nights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from relconsole.domain.console.workspace import Workspace
from relconsole.domain.kernel.ids import Fingerprint, PersonId
from relconsole.domain.night.decide import NightCommand
from relconsole.domain.night.muster_commands import MusterCommand
from relconsole.domain.night.rollback_facts import RehearsalCounted
from relconsole.domain.readiness.keys import Keyring
from relconsole.domain.record.request import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportWorkspace:
    """Take a workspace in; only what differs becomes a fact."""

    workspace: Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterKey:
    """Bring a person's public key, as base64url text."""

    person: PersonId
    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolKey:
    """Confirm a key by its fingerprint; ``means`` says how it was checked.

    The actor confirms, or whoever signed ``answer`` to the signing request ``request``.
    """

    person: PersonId
    fingerprint: Fingerprint
    means: str
    request: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKey:
    """Say that a key counts no longer."""

    fingerprint: Fingerprint
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOverKeys:
    """Take the keys that count over from the live journal, into one that is not live."""

    keys: Keyring


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRehearsal:
    """Take the kept times of a rehearsal over from its own journal."""

    counted: RehearsalCounted


WorkspaceCommand: TypeAlias = (
    ImportWorkspace | RegisterKey | EnrolKey | RevokeKey | TakeOverKeys | CountRehearsal
)
ConsoleCommand: TypeAlias = WorkspaceCommand | MusterCommand | NightCommand
"""Every command of the console."""
