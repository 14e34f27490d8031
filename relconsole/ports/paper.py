"""Printing runbook, contacts, prepared rollback and present state, as a port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from relconsole.domain.kernel.ids import Digest, ReleaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A print: where it lies, and the digest that stands on each of its pages."""

    path: str
    digest: Digest


class Paper(Protocol):
    """Makes prints beside whoever asks for them."""

    async def print(self, release: ReleaseId) -> Printed:
        """Print a release as it stands.

        PersonMustAct where it cannot be printed so; WorldIsDown where the disk refuses, or the
        program that prints does not end in time.
        """
        ...
