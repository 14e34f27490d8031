"""A button that acts only after it was held down for a while: nothing fires by a slip.

It can be held with the pointer, or with Space or Enter. Letting go early, Esc, the loss of the
focus, the pointer leaving and the button being hidden or disabled all cancel, without effect.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from relconsole_ui.design.icons import paint_icon
from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import (
    MIDDLE_RIGHT,
    paint_bar,
    paint_focus_ring,
    paint_text,
    text_width,
)
from relconsole_ui.design.text import safe_text, spoken_text, tip_text
from relconsole_ui.design.tokens import RADIUS_BUTTON, ROLLBACK_BUTTON, TextRole

HOLD_SECONDS: Final = 2.0
FRAME_MILLISECONDS: Final = 25

LONGEST_GAP: Final = 0.1
"""Seconds between two looks at the clock that count at most.

When the window was frozen, the finger may have left long ago: that time counts for nothing, so a
freeze makes the hold longer, never shorter.
"""

LETTING_GO_MILLISECONDS: Final = 60
"""How long a key that went up may still turn out to be a repeat; meanwhile no time counts.

An X server repeats a key as a release and a press of one instant. Qt knows them for a repeat only
where both have arrived when it looks at the first.
"""

SIDE: Final = 16
GAP: Final = 10
ICON: Final = 20
RING_ROOM: Final = 4
_KEYS: Final = frozenset({Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter})


class _GoingUp:
    """A release of a key, for as long as it may still turn out to be half of a repeat."""

    def __init__(self, owner: QObject, let_go: Callable[[], None]) -> None:
        self._at = 0
        self._timer = QTimer(owner)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LETTING_GO_MILLISECONDS)
        self._timer.timeout.connect(let_go)

    @property
    def is_open(self) -> bool:
        """Whether a key went up and nobody knows yet what it was."""
        return self._timer.isActive()

    def begin(self, release: QKeyEvent) -> None:
        """Wait from now on for the press that belongs to this release."""
        self._at = release.timestamp()
        self._timer.start()

    def ends_with(self, press: QKeyEvent) -> bool:
        """Tell whether this press is the other half; in either case, wait no longer."""
        was_open = self.is_open
        self._timer.stop()
        return was_open and press.timestamp() == self._at


class HoldButton(QAbstractButton):
    """Emits ``held`` once it was held for two seconds, and ``cancelled`` when let go before.

    ``tick`` gives seconds on a clock that never goes back.
    """

    held = Signal()
    cancelled = Signal()

    def __init__(
        self,
        look: Look,
        text: str,
        tick: Callable[[], float],
        parent: QWidget | None = None,
        *,
        icon_name: str = "",
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._tick = tick
        self._label = ""
        self._icon_name = icon_name
        self._seen_at: float | None = None
        self._held_for = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MILLISECONDS)
        self._timer.timeout.connect(self.look_at_clock)
        self._going_up = _GoingUp(self, self.cancel)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.set_label(text)
        look.changed.connect(self._follow_look)

    @property
    def is_holding(self) -> bool:
        """Whether it is being held down, and has not acted yet."""
        return self._seen_at is not None

    @property
    def seconds_left(self) -> float:
        """For how long it has still to be held."""
        return max(0.0, HOLD_SECONDS - self._held_for)

    def set_label(self, text: str) -> None:
        """Change what stands on it."""
        self._label = safe_text(text)
        self.setText(self._label.replace("&", "&&"))
        self.setAccessibleName(spoken_text(self._label))
        self._follow_look()

    def set_possible(self, is_possible: bool, why: str = "") -> None:
        """Let it be held, or not, with the reason for the tip and the screen reader."""
        self.setEnabled(is_possible)
        reason = "" if is_possible else safe_text(why)
        self.setToolTip(tip_text(reason))
        self.setAccessibleDescription(
            spoken_text(reason or f"Hold for {HOLD_SECONDS:.0f} seconds.")
        )

    def look_at_clock(self) -> None:
        """Count the time since the last look, and act when it is enough."""
        if self._seen_at is None:
            return
        now = self._tick()
        if self._going_up.is_open:
            self._seen_at = now
            return
        self._held_for += min(max(0.0, now - self._seen_at), LONGEST_GAP)
        self._seen_at = now
        self.update()
        if self._held_for >= HOLD_SECONDS:
            self._stop()
            self.held.emit()

    def cancel(self) -> None:
        """Stop without effect, if it is being held."""
        if self.is_holding:
            self._stop()
            self.cancelled.emit()

    def sizeHint(self) -> QSize:
        """Give the size of the label, the icon and the seconds with room around them."""
        look = self._look
        seconds = text_width(look, f"{HOLD_SECONDS:.1f}\N{NO-BREAK SPACE}s", TextRole.HEADING)
        label = text_width(look, self._label, TextRole.HEADING) + self._icon_width()
        width = label + 2 * (look.px(SIDE) + seconds + look.px(GAP))
        return QSize(int(width) + 1, look.px(ROLLBACK_BUTTON))

    def minimumSizeHint(self) -> QSize:
        """Give the same: the label is never cut."""
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start to hold with the left button."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._start()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Cancel when the pointer leaves."""
        if not self.rect().contains(event.position().toPoint()):
            self.cancel()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Cancel: it was let go too early."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.cancel()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Start to hold with Space or Enter; a repeat of the key is still the same press."""
        if event.key() in _KEYS:
            if not event.isAutoRepeat() and not self._is_repeat(event):
                self.cancel()
                self._start()
        elif event.key() == Qt.Key.Key_Escape and self.is_holding:
            self.cancel()
        else:
            self.cancel()
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Cancel when the key itself goes up, not at its repeats."""
        if event.key() not in _KEYS:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            # The finger was down until now.
            self.look_at_clock()
            self._going_up.begin(event)

    def _is_repeat(self, event: QKeyEvent) -> bool:
        """Tell whether this press belongs to the release before it; then the hold goes on."""
        is_repeat = self._going_up.ends_with(event)
        if is_repeat and self.is_holding:
            self._seen_at = self._tick()
        return is_repeat

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Cancel: whoever holds no longer looks here."""
        self.cancel()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Cancel: nothing that is out of sight may act."""
        self.cancel()
        super().hideEvent(event)

    def event(self, event: QEvent) -> bool:
        """Cancel at Esc even where a shortcut takes it, and when the window loses the focus."""
        match event.type():
            case QEvent.Type.ShortcutOverride:
                if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
                    self.cancel()
            case QEvent.Type.WindowDeactivate | QEvent.Type.UngrabMouse:
                self.cancel()
            case _:
                pass
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Cancel when it is disabled."""
        if not self.isEnabled():
            self.cancel()
        super().changeEvent(event)

    def hitButton(self, pos: QPoint) -> bool:
        """Give False: Qt's own way to press a button never applies."""
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the body, how far the hold has come, and the words over it."""
        look = self._look
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        whole = QRectF(self.rect())
        room = look.px(RING_ROOM)
        body = whole.adjusted(room, room, -room, -room) if self.hasFocus() else whole
        outline = "crit" if self.isEnabled() else "ctl"
        fill = "crit_bg" if self.isEnabled() else ""
        paint_bar(
            painter,
            look,
            body,
            fill,
            outline,
            radius=RADIUS_BUTTON,
            width=max(1.5, look.theme.border),
            dashed=not self.isEnabled(),
        )
        if self.hasFocus():
            paint_focus_ring(painter, look, whole, RADIUS_BUTTON + 2)
        done = self._paint_fill(painter, body)
        ink = "t1" if self.isEnabled() else "t3"
        self._paint_words(painter, whole.adjusted(done, 0, 0, 0), whole, ink)
        if done:
            self._paint_words(painter, QRectF(0, 0, done, whole.height()), whole, "on_crit")

    def _paint_fill(self, painter: QPainter, body: QRectF) -> float:
        """Paint what is done from the left, and give the place where it ends; 0 for none."""
        if not self.is_holding or self._look.reduced_motion:
            return 0.0
        width = body.width() * min(1.0, self._held_for / HOLD_SECONDS)
        painter.save()
        painter.setClipRect(QRectF(body.left(), body.top(), width, body.height()))
        paint_bar(painter, self._look, body, "crit_fill", radius=RADIUS_BUTTON)
        painter.restore()
        return body.left() + width

    def _paint_words(self, painter: QPainter, clip: QRectF, whole: QRectF, ink: str) -> None:
        look = self._look
        painter.save()
        painter.setClipRect(clip)
        icon, label = self._icon_width(), text_width(look, self._label, TextRole.HEADING)
        places = [QRectF(0, 0, icon, whole.height()), QRectF(icon, 0, label, whole.height())]
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            places = [QRectF(label, 0, icon, whole.height()), QRectF(0, 0, label, whole.height())]
        left = whole.center().x() - (icon + label) / 2
        at_icon, at_label = (place.translated(left, 0) for place in places)
        if self._icon_name:
            square = at_icon.adjusted(0, 0, -look.px(GAP), 0)
            paint_icon(painter, look, square, self._icon_name, ink)
        paint_text(painter, look, at_label, self._label, TextRole.HEADING, ink, elide=False)
        if self.is_holding:
            side = look.px(SIDE)
            rest = whole.adjusted(side, 0, -side, 0)
            seconds = f"{self.seconds_left:.1f}\N{NO-BREAK SPACE}s"
            paint_text(painter, look, rest, seconds, TextRole.HEADING, ink, MIDDLE_RIGHT)
        painter.restore()

    def _icon_width(self) -> float:
        return self._look.px(ICON) + self._look.px(GAP) if self._icon_name else 0.0

    def _start(self) -> None:
        if self.isEnabled() and not self.is_holding:
            self._held_for = 0.0
            self._seen_at = self._tick()
            self._timer.start()
            self.update()

    def _stop(self) -> None:
        self._timer.stop()
        self._seen_at = None
        self._held_for = 0.0
        self.update()

    def _follow_look(self) -> None:
        self.updateGeometry()
        self.update()
