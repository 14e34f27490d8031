"""How the window looks: theme, size, motion, and the zone of its times; each counts at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from relconsole_ui.design.look import Look
from relconsole_ui.design.paint import MIDDLE_RIGHT, paint_text
from relconsole_ui.design.text import spoken_text
from relconsole_ui.design.tokens import GUTTER, TextRole
from relconsole_ui.presenters.problem_form import Choice
from relconsole_ui.presenters.taste import LookRows, ZoneRow
from relconsole_ui.views.bridge.cells import Cells
from relconsole_ui.views.parts.button import ActionButton
from relconsole_ui.views.parts.panel import Panel
from relconsole_ui.views.parts.rows import RowList
from relconsole_ui.views.parts.words import Words
from relconsole_ui.views.settings.two_columns import TwoColumns

ZONE_ROW = 32
ZONES = 520
NARROW = 1_000


class ChoiceGroup(QWidget):
    """Several choices of which one stands; ``chosen`` gives its key when a person takes it."""

    chosen = Signal(str)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QRadioButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self.setAccessibleName(spoken_text(name))
        self._group.buttonClicked.connect(self._choose)

    def show_choices(self, choices: Sequence[Choice], chosen: str) -> None:
        """Show these choices, with this one standing."""
        if list(self._buttons) != [each.key for each in choices]:
            self._make(choices)
        standing = self._buttons.get(chosen)
        if standing is not None and not standing.isChecked():
            standing.setChecked(True)

    @property
    def buttons(self) -> dict[str, QRadioButton]:
        """The choices by key."""
        return self._buttons

    def _make(self, choices: Sequence[Choice]) -> None:
        for choice in choices:
            button = QRadioButton(choice.says)
            button.setAccessibleName(spoken_text(f"{self.accessibleName()}: {choice.says}"))
            self._group.addButton(button)
            self._buttons[choice.key] = button
            self._row.addWidget(button)
        self._row.addStretch(1)

    def _choose(self) -> None:
        key = next((key for key, each in self._buttons.items() if each.isChecked()), "")
        self.chosen.emit(key)


class LookView(TwoColumns):
    """The section; every signal gives the new choice."""

    theme_chosen = Signal(str)
    theme_forced = Signal()
    scale_chosen = Signal(str)
    motion_chosen = Signal(bool)
    zone_chosen = Signal(str)
    zone_searched = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, side=ZONES, narrow=NARROW, parent=parent)
        self.themes = ChoiceGroup(look, "Theme")
        self.system = Words(look, TextRole.ROW, "", "t2", wraps=True)
        self.waits = Words(look, TextRole.BODY, "", wraps=True)
        self.force = ActionButton(look, "Change now")
        self.scales = ChoiceGroup(look, "Size")
        self.motion = QCheckBox("Reduced motion: nothing moves that need not")
        self.zone_says = Words(look, TextRole.BODY, "", "t2", wraps=True)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search a place, such as Berlin")
        self.search.setAccessibleName("Search a zone")
        self.search.setMaxLength(80)
        self.zones: RowList[ZoneRow] = RowList(look, self._paint_zone, ZONE_ROW)
        self.zones.setAccessibleName("Zones")
        self._lay_out()
        self.themes.chosen.connect(self.theme_chosen)
        self.force.clicked.connect(self.theme_forced)
        self.scales.chosen.connect(self.scale_chosen)
        self.motion.clicked.connect(self.motion_chosen)
        self.search.textEdited.connect(self.zone_searched)
        self.zones.opened.connect(self.zone_chosen)
        self.zones.clicked.connect(self._choose_zone)

    def show_rows(self, rows: LookRows) -> None:
        """Show the choices as they stand."""
        self.themes.show_choices(rows.themes, rows.theme)
        self.system.setText(rows.system)
        self.waits.setText(rows.waits)
        for part in (self.waits, self.force):
            part.setVisible(bool(rows.waits))
        self.scales.show_choices(rows.scales, rows.scale)
        self.motion.setChecked(rows.reduced_motion)
        self.zone_says.setText(rows.zone_says)

    def show_zones(self, rows: Sequence[ZoneRow], chosen: str) -> None:
        """Show the zones that were searched for."""
        self.zones.show_rows(rows)
        self.zones.select(chosen)

    def _choose_zone(self, _at: QModelIndex) -> None:
        self.zone_chosen.emit(self.zones.selected)

    def _paint_zone(self, painter: QPainter, rect: QRectF, row: ZoneRow) -> None:
        cells = Cells(self._look, painter, rect, before=12, after=12)
        now = cells.take_end(self._look.px(110), gap=12)
        paint_text(painter, self._look, now, row.now, TextRole.BODY, "t2", MIDDLE_RIGHT)
        paint_text(painter, self._look, cells.rest, row.title, TextRole.BODY)

    def _lay_out(self) -> None:
        look = self._look
        theme = Panel(look, "Theme")
        forced = QHBoxLayout()
        forced.addWidget(self.waits, 1)
        forced.addWidget(self.force, 0, Qt.AlignmentFlag.AlignTop)
        theme.body.addWidget(self.themes)
        theme.body.addWidget(self.system)
        theme.body.addLayout(forced)
        size = Panel(look, "Size")
        size.body.addWidget(self.scales)
        size.body.addWidget(Words(look, TextRole.ROW, "Ctrl + and Ctrl - do the same.", "t2"))
        motion = Panel(look, "Motion")
        motion.body.addWidget(self.motion)
        self.zone = Panel(look, "Zone of times")
        for part in (self.zone_says, self.search):
            self.zone.body.addWidget(part)
        self.zone.body.addWidget(self.zones, 1)
        beside = QWidget()
        left = QVBoxLayout(beside)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(look.px(GUTTER))
        for panel in (theme, size, motion):
            left.addWidget(panel)
        left.addStretch(1)
        self.set_parts(beside, self.zone)
