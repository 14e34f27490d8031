"""Plants a fault into a module of the product, by the text of its source; only ever in a child."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What stands in a module once, and what is put in its place."""

    module: str
    old: str
    new: str

    def plant(self) -> None:
        """Run the changed source in the module itself, so that its functions see the new names.

        Whoever imported a class from it before keeps the old one: plant before importing more.
        """
        module = importlib.import_module(self.module)
        source = inspect.getsource(module)
        if source.count(self.old) != 1:
            raise AssertionError(f"the fault fits {source.count(self.old)} places")
        changed = source.replace(self.old, self.new)
        exec(compile(changed, str(module.__file__), "exec"), module.__dict__)  # noqa: S102
