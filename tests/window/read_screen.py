"""An outside screen reader: prints as JSON what an application says of itself on AT-SPI.

It stands alone and is run by the system's own Python: `python3 read_screen.py tree PID`, or
`python3 read_screen.py listen SECONDS`, which prints one line for each announcement.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from typing import Any, Final

DEPTH: Final = 60
CHILDREN: Final = 400
TEXT: Final = 4000


def described(node: Any) -> dict[str, Any]:
    """Give what one thing on the screen says of itself, without what stands in it."""
    found: dict[str, Any] = {
        "role": node.getRoleName(),
        "name": node.name or "",
        "description": node.description or "",
        "states": sorted(state.value_nick for state in node.getState().getStates()),
    }
    interfaces = node.get_interfaces()
    if "Text" in interfaces:
        text = node.queryText()
        found["text"] = text.getText(0, min(text.characterCount, TEXT))
    if "Value" in interfaces:
        found["value"] = node.queryValue().currentValue
    if "Component" in interfaces:
        place = node.queryComponent().getExtents(0)
        found["place"] = [place.x, place.y, place.width, place.height]
    return found


def tree(node: Any, wrong: tuple[type[BaseException], ...], depth: int = 0) -> dict[str, Any]:
    """Give a thing with all that stands in it; what vanishes while it is read is left out."""
    found = described(node)
    count = node.childCount
    children: list[dict[str, Any]] = []
    if depth < DEPTH:
        for number in range(min(count, CHILDREN)):
            try:
                child = node.getChildAtIndex(number)
                if child is not None:
                    children.append(tree(child, wrong, depth + 1))
            except wrong:
                continue
    found["children"] = children
    found["left_off"] = max(0, count - CHILDREN)
    return found


def read_tree(process: int) -> int:
    """Print the application of that process; 1 where none is on the bus."""
    pyatspi: Any = importlib.import_module("pyatspi")
    failed: type[BaseException] = importlib.import_module("gi.repository.GLib").GError
    # The second is what the binding says of a thing that went between two questions.
    wrong = (failed, NotImplementedError)
    desktop = pyatspi.Registry.getDesktop(0)
    for number in range(desktop.childCount):
        try:
            application = desktop.getChildAtIndex(number)
            if application is not None and application.get_process_id() == process:
                json.dump(tree(application, wrong), sys.stdout)
                return 0
        except wrong:
            continue
    return 1


def listen(seconds: float) -> int:
    """Print each announcement for that long; the first line says that it listens."""
    atspi: Any = importlib.import_module("gi.repository.Atspi")
    loop: Any = importlib.import_module("gi.repository.GLib").MainLoop()
    glib: Any = importlib.import_module("gi.repository.GLib")

    def heard(event: Any) -> None:
        print(json.dumps({"says": str(event.any_data), "politeness": event.detail1}), flush=True)

    hearing: Callable[[Any], None] = heard
    listener = atspi.EventListener.new(hearing)
    listener.register("object:announcement")
    print(json.dumps({"listening": True}), flush=True)
    glib.timeout_add(int(seconds * 1000), loop.quit)
    loop.run()
    return 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["tree", number]:
            sys.exit(read_tree(int(number)))
        case ["listen", number]:
            sys.exit(listen(float(number)))
        case _:
            sys.exit(__doc__)
