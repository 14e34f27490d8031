"""What may be asked of the messages of a night."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from relconsole.domain.kernel.ids import RunId
from relconsole.domain.night.step_commands import Said
from relconsole.domain.release.messages import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkSent:
    """Say that a message went out, word for word.

    ``to`` empty means those whom the plan names, ``channel`` None the plan's, ``sent_at`` None now.
    """

    KIND: ClassVar[str] = "mark_sent"

    run: RunId
    message: str
    moment: str
    subject: str
    body: str
    facts: str = ""
    to: tuple[str, ...] = ()
    channel: Channel | None = None
    sent_at: datetime | None = None
    said: Said = field(default_factory=Said)
