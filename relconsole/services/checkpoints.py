"""Checkpoints: signed heads that are kept, and taken to places outside the journal."""

from __future__ import annotations

from collections.abc import Mapping

from relconsole.domain.kernel.errors import PersonMustAct, WorldIsDown
from relconsole.domain.kernel.ids import RunId, StepId
from relconsole.domain.night.effect_facts import Purpose
from relconsole.domain.night.facts import GateDecided
from relconsole.domain.night.run_commands import IntendEffect, KeepAnchor
from relconsole.domain.record.checkpoint import Checkpoint, checkpoint_line
from relconsole.domain.record.effect_kinds import CHANGE_COMMENT
from relconsole.ports.clock import Clock
from relconsole.ports.credentials import Credentials, Secret
from relconsole.services.desk import Desk


def anchor_name(journal: str) -> str:
    """Give the name under which the keyring keeps the newest anchor of a journal."""
    return f"anchor/{journal}"


class Checkpointer:
    """Keeps a checkpoint when one is due and anchors it in the keyring and on the change record."""

    def __init__(self, *, desk: Desk, clock: Clock, credentials: Credentials) -> None:
        """Take the desk and the ports."""
        self._desk = desk
        self._clock = clock
        self._credentials = credentials
        self._last = clock.tick()
        self._seen: Mapping[StepId, GateDecided] = {}

    async def keep_due(self, run: RunId) -> None:
        """Keep a checkpoint where a gate was decided since, or the policy's time is up."""
        found = self._desk.run(run)
        every = self._desk.state.workspace.policy.checkpoint_every.total_seconds()
        decided = any(self._seen.get(gate) != each for gate, each in found.gates.items())
        self._seen = found.gates
        if decided or self._clock.tick() - self._last >= every:
            await self.keep(run)

    async def keep(self, run: RunId) -> Checkpoint | None:
        """Keep a checkpoint now and anchor it; None for an empty journal.

        An anchor that fails is not recorded, and the record then says that it is not anchored.
        """
        head = await self._desk.journal.head()
        if head is None:
            return None
        self._last = self._clock.tick()
        await self._desk.journal.keep_checkpoint(head)
        found = self._desk.run(run)
        release = self._desk.state.workspace.releases[found.release]
        text = checkpoint_line(head).decode()
        if release.change is not None and not found.rehearsal:
            comment = IntendEffect(
                run=run,
                system=release.change.system,
                effect_kind=CHANGE_COMMENT,
                purpose=Purpose.ANCHOR,
                payload={"change": release.change.id, "text": f"relconsole checkpoint {text}"},
                serves=str(head.size),
            )
            await self._desk.submit(comment, self._desk.console)
        await self._keep_in_keyring(run, head, text)
        return head

    async def _keep_in_keyring(self, run: RunId, head: Checkpoint, text: str) -> None:
        """Anchor a head in the keyring, where there is one that outlives the program."""
        if not self._credentials.durable:
            return
        try:
            await self._credentials.put(anchor_name(self._desk.journal.id), Secret(text))
        except (WorldIsDown, PersonMustAct):
            return
        kept = KeepAnchor(run=run, size=head.size, root=head.root, place=self._credentials.place)
        await self._desk.submit(kept, self._desk.console)
