"""The one action table: what can be done in the window, in which words, by which keys.

Menus, the command palette, shortcuts and the key sheet are all made from it. An action that
nobody has bound is not built in this window, and is nowhere to be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from relconsole_ui.design.text import tip_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An action of the table; ``keys`` in Qt's portable writing, the first of them shown.

    A ``letter`` works only outside text fields and can be switched off.
    """

    id: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    says: str = ""
    is_letter: bool = False


MENUS: Final = ("File", "View", "Night", "Rollback", "Alerts", "Help")

DEEDS: Final = (
    Deed(id="connect", menu="File", text="Connect a system", icon="plugs-connected"),
    Deed(
        id="import",
        menu="File",
        text="Import a runbook",
        keys=("Ctrl+I",),
        icon="upload-simple",
        says="From a spreadsheet, without YAML",
    ),
    Deed(id="print", menu="File", text="Print runbook, contacts and rollbacks", keys=("Ctrl+P",)),
    Deed(id="sign-in", menu="File", text="Open my key", icon="key", keys=("Ctrl+U",)),
    Deed(id="sign-out", menu="File", text="Close my key"),
    Deed(id="quit", menu="File", text="Close the window", keys=("Ctrl+Q",)),
    Deed(id="view-bridge", menu="View", text="Bridge", keys=("Ctrl+1",), icon="broadcast"),
    Deed(
        id="view-rollbacks",
        menu="View",
        text="Rollbacks",
        keys=("Ctrl+2",),
        icon="arrow-counter-clockwise",
    ),
    Deed(id="view-reports", menu="View", text="Reports", keys=("Ctrl+3",), icon="chart-line"),
    Deed(id="view-import", menu="View", text="Import", keys=("Ctrl+4",), icon="upload-simple"),
    Deed(id="view-settings", menu="View", text="Settings", keys=("Ctrl+,",), icon="gear"),
    Deed(id="palette", menu="View", text="Jump or run", keys=("Ctrl+K",)),
    Deed(id="menu", menu="View", text="Menu", keys=("F10",)),
    Deed(id="plan", menu="View", text="Plan table", keys=("Ctrl+T",)),
    Deed(id="log", menu="View", text="Bridge log", keys=("Ctrl+L",)),
    Deed(id="table", menu="View", text="Timeline as a table", keys=("T",), is_letter=True),
    Deed(id="next-pane", menu="View", text="Next pane", keys=("F6",)),
    Deed(id="previous-pane", menu="View", text="Previous pane", keys=("Shift+F6",)),
    Deed(id="larger", menu="View", text="Larger", keys=("Ctrl++", "Ctrl+=")),
    Deed(id="smaller", menu="View", text="Smaller", keys=("Ctrl+-",)),
    Deed(id="real-size", menu="View", text="As designed", keys=("Ctrl+0",)),
    Deed(id="theme", menu="View", text="Next theme", keys=("Ctrl+Shift+T",)),
    Deed(id="layout-next", menu="View", text="Next layout", keys=("Ctrl+Shift+Y",)),
    Deed(id="layout-keep", menu="View", text="Keep this layout"),
    Deed(id="lock-docks", menu="View", text="Lock the docks", keys=("Ctrl+Shift+L",)),
    Deed(id="open-night", menu="Night", text="Open the night", keys=("Ctrl+Return",)),
    Deed(id="rehearse", menu="Night", text="Rehearse the night"),
    Deed(id="go-live", menu="Night", text="Go to the live record"),
    Deed(id="demo", menu="Help", text="Open the demo night"),
    Deed(id="leave-night", menu="Night", text="Leave the night"),
    Deed(id="hold", menu="Night", text="Hold", keys=("H",), is_letter=True),
    Deed(id="resume", menu="Night", text="End the hold", keys=("Shift+H",), is_letter=True),
    Deed(id="problem", menu="Night", text="Open a problem", keys=("P",), is_letter=True),
    Deed(id="ask-next", menu="Night", text="Ask the next station", keys=("G",), is_letter=True),
    Deed(id="amend", menu="Night", text="Amend the plan", keys=("Ctrl+E",)),
    Deed(id="brief", menu="Night", text="Brief for whoever joins", keys=("Ctrl+B",)),
    Deed(id="handover", menu="Night", text="Hand over the command"),
    Deed(id="note", menu="Night", text="Note in the log", keys=("Ctrl+N",)),
    Deed(id="message", menu="Night", text="Open the next message", keys=("M",), is_letter=True),
    Deed(id="undo", menu="Night", text="Undo", keys=("Ctrl+Z",)),
    Deed(id="stop", menu="Night", text="Stop the line", keys=("Ctrl+Shift+S",), icon="hand-palm"),
    Deed(id="resume-line", menu="Night", text="Resume the line, two people"),
    Deed(
        id="arm",
        menu="Rollback",
        text="Arm rollback",
        keys=("Ctrl+Shift+R",),
        icon="arrow-counter-clockwise",
    ),
    Deed(id="disarm", menu="Rollback", text="Disarm rollback"),
    Deed(id="acknowledge", menu="Alerts", text="Acknowledge", keys=("A",), is_letter=True),
    Deed(id="open-alert", menu="Alerts", text="Open the alert", keys=("O",), is_letter=True),
    Deed(id="shelve", menu="Alerts", text="Shelve the alert"),
    Deed(id="recall", menu="Alerts", text="Recall alerts", keys=("Ctrl+Shift+A",)),
    Deed(id="retry", menu="Alerts", text="Ask all sources now", keys=("R",), is_letter=True),
    Deed(id="keys", menu="Help", text="Keys", keys=("?",), icon="keyboard", is_letter=True),
    Deed(id="help", menu="Help", text="Help for what is in focus", keys=("F1",)),
    Deed(id="tour", menu="Help", text="Show the hints again"),
    Deed(id="about", menu="Help", text="About relconsole"),
)


class ActionTable(QObject):
    """The actions that somebody has bound, as Qt's, with their keys."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._bound: dict[str, QAction] = {}
        self._coming: dict[str, QAction] = {}
        self._letters = True

    def bind(self, deed: str, act: Callable[[], None]) -> QAction:
        """Let this action do something from now on; KeyError where the table has none such."""
        known = next((each for each in DEEDS if each.id == deed), None)
        if known is None:
            raise KeyError(deed)
        action = self._bound.get(deed)
        if action is None:
            self._drop(self._coming.pop(deed, None))
            action = self._bound[deed] = self._make(known)
        else:
            action.triggered.disconnect()
        action.triggered.connect(lambda _checked=False: act())
        return action

    def answer_for_coming(self, say: Callable[[Deed], None]) -> None:
        """Let keys of what nobody has bound yet be answered, each until somebody binds it."""
        for deed in DEEDS:
            if deed.keys and deed.id not in self._bound and deed.id not in self._coming:
                action = self._coming[deed.id] = self._make(deed)
                action.triggered.connect(lambda _checked=False, deed=deed: say(deed))

    def answer_no_more(self) -> None:
        """Leave keys alone that nobody has bound: nothing is coming any more."""
        for action in self._coming.values():
            self._drop(action)
        self._coming.clear()

    def find(self, deed: str) -> QAction | None:
        """Give the action of this name, None where nobody has bound it."""
        return self._bound.get(deed)

    def set_possible(self, deed: str, is_possible: bool, why: str = "") -> None:
        """Let an action be possible or not; ``why`` is told beside it."""
        action = self._bound.get(deed)
        if action is not None:
            action.setEnabled(is_possible)
            action.setStatusTip("" if is_possible else why)
            action.setToolTip(tip_text("" if is_possible else why))

    def tell(self, deed: str, says: str) -> None:
        """Say beside an action what it would do now."""
        action = self._bound.get(deed)
        if action is not None and action.whatsThis() != says:
            action.setWhatsThis(says)

    def set_letters(self, are_on: bool) -> None:
        """Let single letters work outside text fields, or not at all."""
        self._letters = are_on
        known = {**self._bound, **self._coming}
        for each in DEEDS:
            if each.id in known:
                self._give_keys(each, known[each.id])

    @property
    def names(self) -> frozenset[str]:
        """Give the names of what is bound."""
        return frozenset(self._bound)

    def keep_only(self, names: frozenset[str]) -> None:
        """Let go what else is bound: what it acted upon goes away."""
        for name in self.names - names:
            self.let_go(name)

    def let_go(self, deed: str) -> None:
        """Let go an action that is bound: what it acted upon goes away."""
        self._drop(self._bound.pop(deed))

    def bound(self) -> Iterator[tuple[Deed, QAction]]:
        """Give what is bound, in the order of the table."""
        for each in DEEDS:
            action = self._bound.get(each.id)
            if action is not None:
                yield each, action

    def _make(self, deed: Deed) -> QAction:
        """Give an action with the keys of its deed, which does nothing yet."""
        action = QAction(deed.text, self)
        action.setObjectName(deed.id)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(False)
        self._window.addAction(action)
        self._give_keys(deed, action)
        return action

    def _drop(self, action: QAction | None) -> None:
        """Let an action go with its keys."""
        if action is not None:
            self._window.removeAction(action)
            action.deleteLater()

    def _give_keys(self, deed: Deed, action: QAction) -> None:
        wanted = () if deed.is_letter and not self._letters else deed.keys
        action.setShortcuts([QKeySequence(key) for key in wanted])


def key_words(deed: Deed) -> str:
    """Give the first key of an action as it is printed on buttons: Ctrl Shift R."""
    if not deed.keys:
        return ""
    if deed.keys[0].endswith("+"):
        return deed.keys[0][:-1].replace("+", " ") + "+"
    return deed.keys[0].replace("+", " ").replace("Return", "Enter")
