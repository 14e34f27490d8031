"""Reading the facts of an exported journal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

CHECKPOINT: Final = "relconsole checkpoint "
"""How the text begins by which a change keeps the head of the journal."""


def facts_of(export: Path) -> list[dict[str, Any]]:
    """Give the facts of an export, in their order."""
    lines = export.read_text(encoding="utf-8").splitlines()
    return [line for line in map(json.loads, lines) if "seq" in line]


def of_kind(facts: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Give the facts of a kind."""
    return [fact for fact in facts if fact["kind"] == kind]


def moves_of(facts: list[dict[str, Any]], effect: str) -> list[str]:
    """Give what became of an effect, from its sending on."""
    return [fact["kind"] for fact in facts if fact["body"].get("effect") == effect]


def dark_stretches(facts: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Give the holds for want of monitoring: the fact that began each, and that ended it."""
    began, ended = (
        [fact["seq"] for fact in of_kind(facts, kind) if fact["body"]["cause"] == "monitoring"]
        for kind in ("hold_began", "hold_ended")
    )
    return list(zip(began, ended, strict=True))


def checkpoints_in(texts: Iterable[str]) -> list[str]:
    """Give the checkpoints among the words on a change, in their order."""
    return [text.removeprefix(CHECKPOINT) for text in texts if text.startswith(CHECKPOINT)]
