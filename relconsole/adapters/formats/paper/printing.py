"""The night as a PDF, and the name of its file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from relconsole.adapters.formats.paper.compose import compose_sheet
from relconsole.adapters.formats.paper.draw import draw_sheet
from relconsole.adapters.formats.paper.paper_night import PaperNight
from relconsole.domain.kernel.ids import Digest

_UNSAFE: Final = re.compile(r"[^a-z0-9]+")
_LONGEST: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """A PDF with a generated name; ``digest`` is the one that stands on each of its pages."""

    name: str
    pdf: bytes
    digest: Digest


def print_night(night: PaperNight) -> Print:
    """Give runbook, contacts, prepared rollback and present state on paper.

    The name holds nothing of a stranger's but letters and digits, the time in UTC to the
    microsecond, and the start of the digest, so that no print overwrites another one.
    """
    sheet = compose_sheet(night)
    slug = _UNSAFE.sub("-", night.release.id.lower()).strip("-")[:_LONGEST] or "release"
    name = f"night-{slug}-{night.made_at:%Y%m%dT%H%M%S%fZ}-{sheet.digest[:8]}.pdf"
    return Print(name=name, pdf=draw_sheet(sheet), digest=sheet.digest)
