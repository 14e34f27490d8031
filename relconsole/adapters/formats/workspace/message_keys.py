"""The keys of the messages of a release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from relconsole.adapters.formats.workspace.desk import Desk, Frame, Unread, nearest_to
from relconsole.adapters.formats.workspace.estate_keys import TEXT, TEXTS
from relconsole.adapters.formats.workspace.kinds import (
    Defined,
    Duration,
    ListOf,
    OneOf,
    read_text,
)
from relconsole.adapters.formats.workspace.nodes import MappingNode, Node, shorten
from relconsole.adapters.formats.workspace.records import Key, Record, Values, plainly
from relconsole.adapters.formats.workspace.written import Written, word
from relconsole.domain.kernel.ids import StepId
from relconsole.domain.release.messages import (
    Channel,
    Language,
    MessageMoment,
    MessagePlan,
    Moment,
)

_WORDS: Final = tuple(each.value for each in (Moment.START, Moment.END, Moment.ROLLBACK))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """``start``, ``end``, ``rollback``, or ``gate:`` and a step."""

    def read(self, node: Node, desk: Desk) -> MessageMoment | Unread:
        """Give the moment; a gate that is no step is a problem."""
        text = read_text(node, desk)
        if not isinstance(text, str):
            return text
        name, is_gate, gate = text.partition(":")
        if is_gate and name == Moment.GATE and gate:
            desk.refer(("step",), gate, node.at)
            return MessageMoment(moment=Moment.GATE, gate=StepId(gate))
        if text not in _WORDS:
            near = nearest_to(text, _WORDS)
            return desk.complain(
                node,
                f"{shorten(text)!r} is none of {', '.join(_WORDS)}, gate:STEP; "
                f"the nearest is {near}",
            )
        return MessageMoment(moment=Moment(text))

    def write(self, value: MessageMoment, frame: Frame | None) -> Written:  # noqa: ARG002 - the port's face
        """Give the word, or the gate."""
        return word(str(value))


def _message(values: Values, node: MappingNode, desk: Desk) -> MessagePlan | Unread:
    if not values.get("at") and "every" not in values:
        return desk.complain(node, "a message needs at, every or both: else it is never due")
    return plainly(MessagePlan, "audience")(values, node, desk)


MESSAGE: Final[Record[MessagePlan]] = Record(
    what="message",
    makes=_message,
    keys=(
        Key("id", Defined(kind="message", is_local=True), required=True),
        Key("audience", TEXT),
        Key("to", TEXTS),
        Key("channel", OneOf(choices=Channel)),
        Key("language", OneOf(choices=Language)),
        Key("at", ListOf(item=Moments())),
        Key("every", Duration(may_be_zero=False)),
        Key("rehearsal_to", TEXTS),
    ),
)
