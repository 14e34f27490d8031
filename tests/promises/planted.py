"""Plants a fault into a module of the product, by the text of its source; only ever in a child."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
from types import FunctionType


@dataclass(frozen=True, slots=True)
class Fault:
    """What stands in a module once, and what is put in its place."""

    module: str
    old: str
    new: str

    def plant(self) -> None:
        """Run the changed source in the module itself, so that all who know it see the change.

        Its functions find the new names; its classes, which others hold, get the new methods.
        """
        module = importlib.import_module(self.module)
        source = inspect.getsource(module)
        if source.count(self.old) != 1:
            raise AssertionError(f"the fault fits {source.count(self.old)} places")
        before = dict(vars(module))
        changed = source.replace(self.old, self.new)
        exec(compile(changed, str(module.__file__), "exec"), module.__dict__)  # noqa: S102
        for name, old in before.items():
            new = vars(module)[name]
            if isinstance(old, type) and isinstance(new, type) and old is not new:
                for method, body in vars(new).items():
                    # What calls its parent by ``super`` is bound to the class it was made in.
                    if isinstance(body, FunctionType) and (
                        "__class__" not in body.__code__.co_freevars
                    ):
                        setattr(old, method, body)
