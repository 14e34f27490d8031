"""A button that shows its key, and says why it cannot be pressed."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from relconsole_ui.design.icons import paint_icon
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE, paint_bar, paint_focus_ring, paint_text, text_width
from relconsole_ui.design.text import safe_text, spoken_text, tip_text
from relconsole_ui.design.tokens import (
    RADIUS_BUTTON,
    RADIUS_CHIP,
    SMALLEST_TARGET,
    STEP_BUTTON,
    TextRole,
)

Kind: TypeAlias = Literal["plain", "primary", "danger", "quiet"]
"""How much a button asks to be pressed; at most one of a panel is filled."""

SIDE: Final = 14
GAP: Final = 8
ICON: Final = 18
HINT_PAD: Final = 6
HINT_HEIGHT: Final = 20
RING_ROOM: Final = 4
TALL_FROM: Final = 44
"""Height from which the label is as large as a heading."""


class ActionButton(QPushButton):
    """A button with its key hint inside; ``height`` is in pixels at 100 per cent.

    The hint is only shown: the key itself belongs to the action.
    """

    def __init__(
        self,
        look: Look,
        text: str,
        key_hint: str = "",
        kind: Kind = "plain",
        parent: QWidget | None = None,
        *,
        icon_name: str = "",
        height: int = STEP_BUTTON,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._label = ""
        self._key_hint = key_hint
        self._kind: Kind = kind
        self._icon_name = icon_name
        self._height = max(height, SMALLEST_TARGET)
        self._why = ""
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.set_label(text)
        look.changed.connect(self._follow_look)

    @property
    def label(self) -> str:
        """What stands on the button, without its key."""
        return self._label

    @property
    def kind(self) -> Kind:
        """How much it asks to be pressed."""
        return self._kind

    @property
    def why(self) -> str:
        """Why it cannot be pressed; empty if it can, or nobody said."""
        return self._why

    def set_label(self, text: str, key_hint: str | None = None) -> None:
        """Change what stands on it, and its key if one is given."""
        self._label = safe_text(text)
        if key_hint is not None:
            self._key_hint = key_hint
        # Qt would take an ampersand for a key of its own.
        self.setText(self._label.replace("&", "&&"))
        key = f", key {self._key_hint}" if self._key_hint else ""
        self.setAccessibleName(spoken_text(f"{self._label}{key}"))
        self._follow_look()

    def set_kind(self, kind: Kind) -> None:
        """Change how much it asks to be pressed."""
        if kind != self._kind:
            self._kind = kind
            self.setProperty("kind", kind)
            self.update()

    def set_possible(self, is_possible: bool, why: str = "") -> None:
        """Let it be pressed, or not, with the reason for the tip and the screen reader."""
        self.setEnabled(is_possible)
        self._why = "" if is_possible else safe_text(why)
        self.setToolTip(tip_text(self._why))
        self.setAccessibleDescription(spoken_text(self._why))

    def sizeHint(self) -> QSize:
        """Give the size of label, key and icon with room around them."""
        look = self._look
        width = 2 * look.px(SIDE) + self._ink_width()
        return QSize(int(width) + 1, look.px(self._height))

    def minimumSizeHint(self) -> QSize:
        """Give the same: a label is never cut."""
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that the pointer is on it."""
        super().enterEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Be pressed by Enter too, not only by Space; with Ctrl it is a key of the page's."""
        is_plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if is_plain and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not event.isAutoRepeat():
                self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the body, the label, the key, and the ring of the focus."""
        look = self._look
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        whole = QRectF(self.rect())
        ring = look.px(RING_ROOM)
        body = whole.adjusted(ring, ring, -ring, -ring) if self.hasFocus() else whole
        self._paint_body(painter, body)
        if self.hasFocus():
            paint_focus_ring(painter, look, whole, RADIUS_BUTTON + 2)
        self._paint_ink(painter, whole)

    def _paint_body(self, painter: QPainter, rect: QRectF) -> None:
        fill, outline = _surface(self._kind)
        if not self.isEnabled():
            fill, outline = "", "ctl"
        elif self._kind in {"plain", "quiet"} and (self.isDown() or self.underMouse()):
            fill = "bg3"
        width = float(self._look.theme.border)
        paint_bar(
            painter,
            self._look,
            rect,
            fill,
            outline,
            radius=RADIUS_BUTTON,
            width=width,
            dashed=not self.isEnabled(),
        )
        if self.isEnabled() and self._kind in {"primary", "danger"} and self.isDown():
            inner = rect.adjusted(2, 2, -2, -2)
            paint_bar(painter, self._look, inner, outline=self.ink, radius=RADIUS_BUTTON - 2)

    @property
    def ink(self) -> str:
        """The token in which it is written."""
        if not self.isEnabled():
            return "t3"
        return {"plain": "t1", "primary": "on_acc", "danger": "on_crit", "quiet": "t2"}[self._kind]

    @property
    def _role(self) -> TextRole:
        return TextRole.HEADING if self._height >= TALL_FROM else TextRole.BODY_STRONG

    def _ink_width(self) -> float:
        look = self._look
        width = text_width(look, self._label, self._role)
        if self._key_hint:
            width += look.px(GAP) + self._hint_width()
        if self._icon_name:
            width += look.px(ICON) + look.px(GAP)
        return width

    def _hint_width(self) -> float:
        hint = text_width(self._look, self._key_hint, TextRole.NOTE_STRONG)
        return max(self._look.px(HINT_HEIGHT), hint + 2 * self._look.px(HINT_PAD))

    def _paint_ink(self, painter: QPainter, rect: QRectF) -> None:
        look = self._look
        ink = self._ink_width()
        right_to_left = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        parts: list[tuple[str, float]] = [("label", text_width(look, self._label, self._role))]
        if self._icon_name:
            parts.insert(0, ("icon", float(look.px(ICON))))
        if self._key_hint:
            parts.append(("hint", self._hint_width()))
        left = rect.center().x() - ink / 2
        for part, width in reversed(parts) if right_to_left else parts:
            place = QRectF(left, rect.top(), width, rect.height())
            self._paint_part(painter, part, place)
            left += width + look.px(GAP)

    def _paint_part(self, painter: QPainter, part: str, place: QRectF) -> None:
        look = self._look
        if part == "icon":
            paint_icon(painter, look, place, self._icon_name, self.ink)
        elif part == "hint":
            chip = QRectF(0, 0, place.width(), look.px(HINT_HEIGHT))
            chip.moveCenter(place.center())
            outline = self.ink if self._kind in {"primary", "danger"} else "ctl"
            paint_bar(painter, look, chip, outline=outline, radius=RADIUS_CHIP)
            hint = self._key_hint
            paint_text(
                painter, look, chip, hint, TextRole.NOTE_STRONG, self.ink, MIDDLE, elide=False
            )
        else:
            paint_text(painter, look, place, self._label, self._role, self.ink, MIDDLE, elide=False)

    def _follow_look(self) -> None:
        self.updateGeometry()
        self.update()


def _surface(kind: Kind) -> tuple[str, str]:
    """Give the tokens of fill and outline."""
    match kind:
        case "plain":
            return "bg2", "ctl"
        case "primary":
            return "acc_fill", ""
        case "danger":
            return "crit_fill", ""
        case "quiet":
            return "", ""
