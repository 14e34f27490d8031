"""A refusal is an answer: reasons, each with its rule, the thing, and what would lift it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason why not.

    ``rule`` is a stable code such as ``freeze_forbids``; ``thing`` the id it concerns; ``says`` one
    sentence for a person; ``lifts`` what would make the answer yes, empty where nothing can.
    """

    rule: str
    thing: str
    says: str
    lifts: str = ""

    def __str__(self) -> str:
        """Give the sentence, and what would lift it."""
        return f"{self.says} ({self.rule}: {self.thing})" + (
            f"; {self.lifts}" if self.lifts else ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The answer no, with at least one reason; ValueError without."""

    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        """Refuse a no that gives no reason."""
        if not self.reasons:
            raise ValueError("a refusal without a reason")

    def __str__(self) -> str:
        """Give the reasons, a line each."""
        return "\n".join(str(reason) for reason in self.reasons)


def refuse(rule: str, thing: str, says: str, lifts: str = "") -> Refusal:
    """Give a refusal with this one reason."""
    return Refusal(reasons=(Reason(rule=rule, thing=thing, says=says, lifts=lifts),))
