"""A secret value that does not show itself; where secrets are kept is no concern of a plugin."""

from __future__ import annotations


class Secret:
    """A secret value: no repr, no str, no pickle, no equality by value."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Keep the value."""
        self._value = value

    def reveal(self) -> str:
        """Give the value; call it only where it leaves for its target."""
        return self._value

    def __repr__(self) -> str:
        """Show that there is one, never which."""
        return "Secret(hidden)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        """Refuse to be pickled or copied; TypeError."""
        message = "a secret is not pickled"
        raise TypeError(message)
