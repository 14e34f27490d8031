"""The form of a connection: made from the plugin, tried before it is kept, errors at the field."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from relconsole_ui.design.look import Look
from relconsole_ui.design.status import Status
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import TextRole
from relconsole_ui.presenters.connection_form import SETTINGS, ConnectionFormRows, Typed
from relconsole_ui.views.bridge.choice_box import chosen_of, fill_box, narrow_box
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.glyph import StatusGlyph
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.scrolled import scrolled
from relconsole_ui.views.parts.secret_field import SecretField
from relconsole_ui.views.parts.words import Words
from relconsole_ui.views.settings.form_field import FormField, ProblemLine, label_of

GAP = 10


class TrialLine(QWidget):
    """What came of trying: it goes on, it answered, or why not and what to do."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.glyph = StatusGlyph(look, 20)
        self.says = Words(look, TextRole.BODY_STRONG, "", wraps=True)
        self.do = Words(look, TextRole.BODY, "", "t2", wraps=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.says)
        words.addWidget(self.do)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(look.px(8))
        across.addWidget(self.glyph, 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(words, 1)
        self.hide()

    def show_trial(self, status: Status, says: str, do: str = "") -> None:
        """Show what came of it; empty for nothing tried."""
        self.glyph.set_status(status)
        self.says.setText(says)
        self.do.setText(do)
        self.do.setVisible(bool(do))
        self.setVisible(bool(says))
        self.setAccessibleName(spoken_text(" ".join(part for part in (says, do) if part)))


class ConnectionForm(Panel):
    """Asks for a connection; the credential is read once, when it is tried or kept.

    ``tried`` and ``saved`` give what was typed and the credential; ``turned`` another plugin.
    """

    tried = Signal(object, str)
    saved = Signal(object, str)
    turned = Signal(str)
    cancelled = Signal()
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Connect a system", parent)
        self._look = look
        self._known = ""
        self._is_trying = False
        self._fields: list[FormField] = []
        self.leave = ActionButton(look, "Close", "Esc", "quiet", height=28)
        self.head.addWidget(self.leave)
        self.plugin = narrow_box("Plugin")
        self.does = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.secret_label = label_of(look)
        self.secret = SecretField("Credential")
        self.secret_problem = ProblemLine(look)
        self.secret_says = Words(look, TextRole.NOTE, "", "t2", wraps=True)
        self.trial = TrialLine(look)
        self.problem = ProblemLine(look)
        self.attempt = ActionButton(look, "Test", "Enter", "primary")
        self.cancel = ActionButton(look, "Stop the test")
        self.save = ActionButton(look, "Save")
        self._lay_out()
        self.plugin.activated.connect(self._turn)
        self.attempt.clicked.connect(self._try)
        self.secret.returnPressed.connect(self._try)
        self.secret.textEdited.connect(self._change)
        self.cancel.clicked.connect(self.cancelled)
        self.save.clicked.connect(lambda: self.saved.emit(self.typed(), self.secret.text()))
        self.leave.clicked.connect(self.left)

    @property
    def fields(self) -> tuple[FormField, ...]:
        """The fields, from the top."""
        return tuple(self._fields)

    def ask(self, rows: ConnectionFormRows, known: str = "") -> None:
        """Begin with these fields; the credential is asked for anew."""
        self._known = known
        self.secret.forget()
        self.set_title(rows.title)
        fill_box(self.plugin, rows.plugins, rows.plugin)
        self.plugin.setEnabled(not known)
        self.does.setText(rows.does)
        self._make_fields(rows)
        self.show_problems(rows)
        self.show_trial(Status.UNKNOWN, "")
        self.show_savable(why_not="test it first")
        self.show()
        target = (
            self.plugin if not known else self._fields[-1].entry if self._fields else self.leave
        )
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def typed(self) -> Typed:
        """Give what stands in the form, but for the credential."""
        texts = {field.name: field.text for field in self._fields}
        settings = {
            name.removeprefix(SETTINGS): text
            for name, text in texts.items()
            if name.startswith(SETTINGS)
        }
        return Typed(
            id=texts.get("id", "").strip(),
            plugin=chosen_of(self.plugin),
            url=texts.get("url", "").strip(),
            settings=settings,
            known=self._known,
        )

    def show_problems(self, rows: ConnectionFormRows) -> None:
        """Say at each field what is wrong with it, and stand on the first of these."""
        problems = {row.name: row.problem for row in rows.fields}
        for field in self._fields:
            field.show_problem(problems.get(field.name, ""))
        for part in (self.secret_label, self.secret, self.secret_says):
            part.setVisible(bool(rows.secret_label))
        self.secret_label.setText(rows.secret_label)
        self.secret.set_name(rows.secret_label or "Credential")
        self.secret_says.setText(rows.secret_says)
        self.secret_problem.say(rows.secret_problem)
        self.secret.setAccessibleDescription(spoken_text(rows.secret_problem or rows.secret_says))
        self.problem.say(rows.problem)
        first = next((field for field in self._fields if problems.get(field.name)), None)
        if first is not None:
            first.entry.setFocus(Qt.FocusReason.OtherFocusReason)
        elif rows.secret_problem:
            self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_trying(self, *, is_trying: bool) -> None:
        """Say that it is being tried, which can be stopped."""
        self._is_trying = is_trying
        if is_trying:
            self.show_trial(Status.RUNNING, "Testing", "The plugin is started and asks the system.")
        self.attempt.setVisible(not is_trying)
        self.cancel.setVisible(is_trying)

    def show_trial(self, status: Status, says: str, do: str = "") -> None:
        """Show what came of trying; empty for nothing."""
        self.trial.show_trial(status, says, do)

    def show_savable(self, *, why_not: str, answered: bool = True) -> None:
        """Let it be kept, or say why not; one that did not answer is kept by that name."""
        self.save.set_possible(not why_not, why_not)
        self.save.set_label("Save" if answered else "Save without an answer")

    def dismiss(self) -> None:
        """Forget the credential, and go."""
        self.secret.forget()
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _turn(self, _at: int) -> None:
        self.turned.emit(chosen_of(self.plugin))

    def _try(self) -> None:
        if not self._is_trying:
            self.tried.emit(self.typed(), self.secret.text())

    def _change(self) -> None:
        """Ask for another test: what was tried is not what stands here now."""
        if self.save.isEnabled():
            self.show_trial(Status.UNKNOWN, "Changed since the test")
        self.show_savable(why_not="test it first")

    def _make_fields(self, rows: ConnectionFormRows) -> None:
        for field in self._fields:
            self._column.removeWidget(field)
            field.hide()
            field.deleteLater()
        self._fields = [FormField(self._look, row) for row in rows.fields]
        for at, field in enumerate(self._fields):
            self._column.insertWidget(at, field)
            field.entered.connect(self._try)
            field.changed.connect(self._change)

    def _lay_out(self) -> None:
        px = self._look.px
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, px(8), 0)
        self._column.setSpacing(px(GAP))
        below = QVBoxLayout()
        below.setSpacing(px(3))
        for part in (self.secret, self.secret_problem, self.secret_says):
            below.addWidget(part)
        secret = QHBoxLayout()
        secret.setSpacing(px(12))
        secret.addWidget(self.secret_label)
        secret.addLayout(below, 1)
        self._column.addLayout(secret)
        self._column.addStretch(1)
        area = scrolled(inner)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        for button in (self.attempt, self.cancel, self.save):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.cancel.hide()
        self.body.addWidget(self.plugin)
        self.body.addWidget(self.does)
        self.body.addWidget(area, 1)
        for line in (self.problem, self.trial):
            self.body.addWidget(line)
        self.body.addLayout(buttons)
